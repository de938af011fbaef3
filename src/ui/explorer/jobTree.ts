import type { Clock } from '../../base/clock.js';
import { type Disposable, DisposableStore } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import { errorMessage, isBatchError } from '../../base/errors.js';
import type { JobListItem, Tag } from '../../core/job/jobTypes.js';
import type { Target } from '../../core/job/target.js';
import type { Formats } from '../../core/view/formats.js';
import { jobDetails } from '../../core/view/jobDetails.js';
import { matchesFilter } from '../../core/view/jobFilter.js';
import { type GroupKind, statusGroupOf, statusGroups } from '../../core/view/jobGroups.js';
import { type NodeView, viewOf } from '../../core/view/nodeView.js';
import { targetText } from '../../core/view/targetText.js';
import {
  type DetailNode,
  type ErrorNode,
  groupNodeId,
  jobNodeId,
  targetNodeId,
  type TreeNode,
} from '../../core/view/treeNode.js';
import type { JobReference } from '../platform/jobReference.js';
import type { JobStore, StoreChange, TargetState } from './jobStore.js';
import type { JobViewState } from './jobViewState.js';

/** What VS Code holds on to: one object for each place in the tree, whose node is replaced when it changes. */
export interface TreeElement {
  readonly id: string;
  readonly parent: TreeElement | undefined;
  node: TreeNode;
  /** Empty for what is no job and belongs to none. With both, the element is a job reference. */
  readonly targetId: string;
  readonly jobId: string;
  /** What the node looked like when it was last drawn. */
  viewed?: { readonly node: TreeNode; readonly view: NodeView };
}

/** A job and where it runs. */
interface Entry {
  readonly target: Target;
  readonly job: JobListItem;
}

interface Arrangement {
  readonly ofTarget: ReadonlyMap<string, readonly Entry[]>;
  readonly ofGroup: ReadonlyMap<GroupKind, readonly Entry[]>;
}

const allGroups: readonly GroupKind[] = ['pinned', 'away', ...statusGroups];

/** Jobs of one parent that are shown at first, and how many more each time. VS Code takes in every child of a parent at once. */
const firstShown = 200;
const moreShown = 1000;

/** The Jobs tree over the store. Reads nothing by itself but what somebody expands. */
export class JobTree implements Disposable {
  readonly #store: JobStore;
  readonly #formats: Formats;
  readonly #state: JobViewState;
  readonly #clock: Clock;
  readonly #elements = new Map<string, TreeElement>();
  /** By id of the parent. */
  readonly #shown = new Map<string, number>();
  readonly #tags = new Map<string, readonly Tag[]>();
  #arranged: Arrangement | undefined;
  readonly #changed = new Emitter<TreeElement | undefined>();
  readonly #disposables = new DisposableStore();
  readonly onDidChange: Event<TreeElement | undefined> = this.#changed.event;

  constructor(store: JobStore, formats: Formats, state: JobViewState, clock: Clock) {
    this.#store = store;
    this.#formats = formats;
    this.#state = state;
    this.#clock = clock;
    this.#disposables.add(store.onDidChange((change) => this.#onStoreChange(change)));
    this.#disposables.add(
      store.onDidDescribe(({ tags, ...job }) => void (tags !== undefined && this.#tags.set(keyOf(job), tags))),
    );
    this.#disposables.add(
      state.onDidChange(() => {
        this.#arranged = undefined;
        this.#changed.fire(undefined);
      }),
    );
    this.#disposables.add(this.#changed);
  }

  /** The element of a job that the tree has shown. */
  find(reference: JobReference): TreeElement | undefined {
    return this.#elements.get(jobNodeId(reference.targetId, reference.jobId));
  }

  /** How many jobs were read, and how many of them the filter lets through. */
  counts(): { readonly read: number; readonly shown: number } {
    let read = 0;
    let shown = 0;
    for (const { target, list } of this.#store.targets) {
      read += list?.jobs.length ?? 0;
      shown += this.#matching(target.id, list?.jobs ?? []).length;
    }
    return { read, shown };
  }

  /** How many jobs stand below a parent now. */
  countBelow(parentId: string): number {
    return Math.min(this.#shown.get(parentId) ?? firstShown, this.#entriesBelow(parentId).length);
  }

  /** The job at a place below a parent; undefined when there is none. */
  jobAt(parentId: string, index: number): TreeElement | undefined {
    const parent = this.#elements.get(parentId);
    const entry = this.#entriesBelow(parentId)[index];
    return parent === undefined || entry === undefined ? undefined : this.#jobElement(parent, entry, this.#isAlone(parent));
  }

  /** Shows more jobs below a parent; false when all that were read are shown already. */
  showMore(parentId: string): boolean {
    const shown = this.#shown.get(parentId) ?? firstShown;
    this.#shown.set(parentId, shown + moreShown);
    this.#changed.fire(undefined);
    return this.#entriesBelow(parentId).length > shown;
  }

  /** The tags of jobs, for a filter by tag; what could not be read is left out. */
  noteTags(reference: JobReference, tags: readonly Tag[]): void {
    this.#tags.set(keyOf(reference), tags);
  }

  /** The jobs, newest first of each target, that a filter by tag leaves out only because their tags are not known. */
  withoutTags(): readonly JobReference[] {
    const { filter } = this.#state;
    if (filter === undefined || filter.tags.length === 0) return [];
    const now = this.#clock.now();
    const untagged = { ...filter, tags: [] };
    return this.#store.targets.flatMap(({ target, list }) =>
      (list?.jobs ?? [])
        .filter((job) => matchesFilter(job, untagged, now))
        .map((job) => ({ targetId: target.id, jobId: job.JobId }))
        .filter((reference) => !this.#tags.has(keyOf(reference))),
    );
  }

  async children(element?: TreeElement): Promise<readonly TreeElement[]> {
    if (element === undefined) return await this.#roots();
    switch (element.node.kind) {
      case 'target':
      case 'group':
        return this.#jobs(element);
      case 'job':
        return await this.#details(element);
      case 'detail':
        return element.node.children.map((child) => this.#element(element, child));
      default:
        return [];
    }
  }

  /** How the element looks; the same object until it looks different. */
  view(element: TreeElement): NodeView {
    if (element.viewed?.node !== element.node) element.viewed = { node: element.node, view: viewOf(element.node, this.#formats) };
    return element.viewed.view;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #roots(): Promise<readonly TreeElement[]> {
    // The first look waits for the engine's jobs, so that no welcome view flashes up before them; AWS may take its time.
    const unread = this.#store.targets.filter((state) => state.list === undefined && state.error === undefined);
    const [local, remote] = [unread.filter(isLocal), unread.filter((state) => !isLocal(state))];
    const waiting = local.map((state) => this.#store.refresh(state.target.id));
    for (const state of remote) this.#store.refreshUnlessAsked(state.target.id);
    await Promise.all(waiting);
    const states = this.#store.targets;
    for (const { target, readAtMs } of states) {
      if (readAtMs !== undefined && this.#state.noteLook(target.id, readAtMs)) this.#arranged = undefined;
    }
    // With nothing to show, the view says what to do instead.
    if (states.every((state) => isLocal(state) && isEmpty(state))) return [];
    const groups = (['away', 'pinned'] as const).filter((group) => this.#entriesOf(group).length > 0);
    const elements = groups.map((group) => this.#groupElement(group));
    if (this.#state.grouping === 'target') return [...elements, ...states.map((state) => this.#targetElement(state))];
    // A target that can't be read has no place among the groups, so it stands below them.
    const troubled = states.filter((state) => state.error !== undefined);
    const shown = statusGroups.filter((group) => this.#entriesOf(group).length > 0);
    const more = states.some((state) => state.list?.nextToken !== undefined) ? [this.#moreElement()] : [];
    return [
      ...elements,
      ...shown.map((group) => this.#groupElement(group)),
      ...more,
      ...troubled.map((state) => this.#targetElement(state)),
    ];
  }

  #groupElement(group: GroupKind): TreeElement {
    const count = this.#entriesOf(group).length;
    return this.#element(undefined, { kind: 'group', id: groupNodeId(group), group, count });
  }

  /** Below the groups by status: the next page of every target that has one. */
  #moreElement(): TreeElement {
    const shown = this.#store.targets.reduce((sum, { list }) => sum + (list?.jobs.length ?? 0), 0);
    return this.#element(undefined, { kind: 'loadMore', id: 'more', targetId: '', shown });
  }

  #targetElement(state: TargetState): TreeElement {
    const { target, error, readAtMs } = state;
    return this.#element(undefined, {
      kind: 'target',
      id: targetNodeId(target.id),
      target,
      isStale: error !== undefined,
      ...(error === undefined || readAtMs === undefined ? {} : { readAt: new Date(readAtMs).toISOString() }),
    });
  }

  #jobs(parent: TreeElement): readonly TreeElement[] {
    const { node } = parent;
    const nodes: TreeNode[] = [];
    const state = node.kind === 'target' ? this.#store.state(node.target.id) : undefined;
    if (node.kind === 'target' && state === undefined) return [];
    if (state?.error !== undefined) nodes.push(errorNode(`${parent.id}/error`, parent.targetId, state.error));
    const { l10n } = this.#formats;
    const isAlone = this.#isAlone(parent);
    const entries = this.#entriesBelow(parent.id);
    const shown = this.#shown.get(parent.id) ?? firstShown;
    const elements = nodes.map((item) => this.#element(parent, item));
    for (const entry of entries.slice(0, shown)) elements.push(this.#jobElement(parent, entry, isAlone));
    if (elements.length === 0 && state !== undefined) {
      const hasJobs = (state.list?.jobs.length ?? 0) > 0;
      const isFiltered = hasJobs && this.#state.filter !== undefined;
      const text = isFiltered
        ? l10n.t('No job that was read fits the filter')
        : hasJobs
          ? l10n.t('All its jobs stand above')
          : state.isReachable
            ? l10n.t('No jobs yet')
            : state.target.kind === 'local'
              ? l10n.t('Not running. Start the local engine')
              : l10n.t('Reading the jobs…');
      const action = !isFiltered && !state.isReachable && state.target.kind === 'local' ? { action: 'startEngine' as const } : {};
      elements.push(this.#element(parent, { kind: 'empty', id: `${parent.id}/empty`, text, ...action }));
    }
    if (entries.length > shown || (state?.list?.nextToken !== undefined && this.#state.grouping === 'target')) {
      const count = Math.min(shown, entries.length);
      elements.push(
        this.#element(parent, { kind: 'loadMore', id: `${parent.id}/more`, targetId: state?.target.id ?? '', shown: count }),
      );
    }
    return elements;
  }

  /** Whether all jobs below are of one target, which then need not be named. */
  #isAlone({ node }: TreeElement): boolean {
    return node.kind === 'target' || this.#store.targets.length === 1;
  }

  /** The same element, with the same node, as long as nothing about the job is different. */
  #jobElement(parent: TreeElement, { target, job }: Entry, isAlone: boolean): TreeElement {
    const id = jobNodeId(target.id, job.JobId);
    const reference = { targetId: target.id, jobId: job.JobId };
    const pace = job.Status === 'Active' ? this.#store.pace(reference) : undefined;
    const isPinned = this.#state.hasPins && this.#state.isPinned(reference);
    const known = this.#elements.get(id);
    if (known !== undefined && known.parent === parent && known.node.kind === 'job' && known.node.job === job) {
      if (known.node.isPinned === isPinned && known.node.pace === undefined && pace === undefined) return known;
    }
    return this.#element(parent, {
      kind: 'job',
      id,
      ...reference,
      job,
      isPinned,
      isOnAws: target.kind === 'aws',
      ...(pace === undefined ? {} : { pace }),
      ...(isAlone ? {} : { targetLabel: targetText(target) }),
    });
  }

  #entriesBelow(parentId: string): readonly Entry[] {
    const group = allGroups.find((kind) => groupNodeId(kind) === parentId);
    return group === undefined ? (this.#arrangement().ofTarget.get(parentId) ?? []) : this.#entriesOf(group);
  }

  #entriesOf(group: GroupKind): readonly Entry[] {
    return this.#arrangement().ofGroup.get(group) ?? [];
  }

  /** Where each job stands, found once for all parents until something changes. A job has one place: ids are unique in a tree. */
  #arrangement(): Arrangement {
    if (this.#arranged !== undefined) return this.#arranged;
    const ofTarget = new Map<string, Entry[]>();
    const ofGroup = new Map<GroupKind, Entry[]>();
    const place = <K>(places: Map<K, Entry[]>, key: K, entry: Entry): void => {
      const entries = places.get(key);
      if (entries === undefined) places.set(key, [entry]);
      else entries.push(entry);
    };
    const isByStatus = this.#state.grouping === 'status';
    for (const { target, list } of this.#store.targets) {
      for (const job of this.#matching(target.id, list?.jobs ?? [])) {
        const special = this.#specialGroup(target.id, job);
        const entry = { target, job };
        if (special !== undefined || isByStatus) place(ofGroup, special ?? statusGroupOf(job), entry);
        else place(ofTarget, target.id, entry);
      }
    }
    this.#arranged = { ofTarget, ofGroup };
    return this.#arranged;
  }

  #specialGroup(targetId: string, job: JobListItem): 'pinned' | 'away' | undefined {
    if (this.#state.hasPins && this.#state.isPinned({ targetId, jobId: job.JobId })) return 'pinned';
    return this.#state.endedAway(targetId, job) ? 'away' : undefined;
  }

  #matching(targetId: string, jobs: readonly JobListItem[]): readonly JobListItem[] {
    const { filter } = this.#state;
    if (filter === undefined) return jobs;
    const now = this.#clock.now();
    const needsTags = filter.tags.length > 0;
    return jobs.filter((job) =>
      matchesFilter(job, filter, now, needsTags ? this.#tags.get(keyOf({ targetId, jobId: job.JobId })) : undefined),
    );
  }

  async #details(parent: TreeElement): Promise<readonly TreeElement[]> {
    const target = this.#store.state(parent.targetId)?.target;
    if (target === undefined) return [];
    let nodes: readonly (DetailNode | ErrorNode)[];
    try {
      const { descriptor, tags } = await this.#store.details(parent);
      nodes = jobDetails(target, descriptor, tags, this.#formats);
    } catch (error) {
      nodes = [errorNode(`${parent.id}/error`, parent.targetId, error)];
    }
    return nodes.map((node) => this.#element(parent, node));
  }

  /** The element with this id, so that VS Code recognises it, with the node of now. */
  #element(parent: TreeElement | undefined, node: TreeNode): TreeElement {
    const known = this.#elements.get(node.id);
    if (known !== undefined && known.parent === parent) {
      known.node = node;
      return known;
    }
    const element: TreeElement = {
      id: node.id,
      parent,
      node,
      targetId: node.kind === 'target' ? node.target.id : 'targetId' in node ? node.targetId : (parent?.targetId ?? ''),
      jobId: 'jobId' in node ? node.jobId : (parent?.jobId ?? ''),
    };
    this.#elements.set(node.id, element);
    return element;
  }

  #onStoreChange(change: StoreChange): void {
    this.#arranged = undefined;
    const state = this.#store.state(change.targetId);
    const isRegrouped = this.#state.grouping === 'status' || this.#state.filter !== undefined;
    if (change.isListChanged || isRegrouped || state === undefined) {
      if (state !== undefined) this.#prune(state);
      // The root as well: whether there is anything to show decides over the welcome view.
      this.#changed.fire(undefined);
      return;
    }
    for (const jobId of change.changed) {
      const reference = { targetId: change.targetId, jobId };
      const element = this.find(reference);
      const job = this.#store.job(reference);
      if (element === undefined || element.node.kind !== 'job' || job === undefined) continue;
      const { pace: _, ...node } = element.node;
      const pace = this.#store.pace(reference);
      element.node = { ...node, job, ...(pace === undefined ? {} : { pace }) };
      this.#changed.fire(element);
    }
  }

  /** Forgets elements of jobs that are gone. */
  #prune(state: TargetState): void {
    const jobs = new Set((state.list?.jobs ?? []).map((job) => job.JobId));
    for (const [id, element] of this.#elements) {
      if (element.targetId === state.target.id && element.jobId !== '' && !jobs.has(element.jobId)) this.#elements.delete(id);
    }
  }
}

function isLocal({ target }: TargetState): boolean {
  return target.kind === 'local';
}

function keyOf({ targetId, jobId }: JobReference): string {
  return jobNodeId(targetId, jobId);
}

function isEmpty(state: TargetState): boolean {
  return state.error === undefined && (state.list === undefined || state.list.jobs.length === 0);
}

function errorNode(id: string, targetId: string, error: unknown): ErrorNode {
  const hint = isBatchError(error) ? error.hint : undefined;
  return { kind: 'error', id, targetId, message: errorMessage(error), ...(hint === undefined ? {} : { hint }) };
}
