import { type Disposable, DisposableStore } from '../../base/disposable.js';
import { Emitter, type Event } from '../../base/emitter.js';
import { errorMessage, isBatchError } from '../../base/errors.js';
import { jobDetails } from '../../core/view/jobDetails.js';
import type { Formats } from '../../core/view/formats.js';
import { type DetailNode, type ErrorNode, jobNodeId, targetNodeId, type TreeNode } from '../../core/view/treeNode.js';
import type { JobReference } from '../platform/commandTypes.js';
import type { JobStore, StoreChange, TargetState } from './jobStore.js';

/** What VS Code holds on to: one object for each place in the tree, whose node is replaced when it changes. */
export interface TreeElement {
  readonly id: string;
  readonly parent: TreeElement | undefined;
  node: TreeNode;
  /** Empty for what is no job and belongs to none. With both, the element is a job reference. */
  readonly targetId: string;
  readonly jobId: string;
}

/** The Jobs tree over the store. Reads nothing by itself but what somebody expands. */
export class JobTree implements Disposable {
  readonly #store: JobStore;
  readonly #formats: Formats;
  readonly #elements = new Map<string, TreeElement>();
  readonly #changed = new Emitter<TreeElement | undefined>();
  readonly #disposables = new DisposableStore();
  readonly onDidChange: Event<TreeElement | undefined> = this.#changed.event;

  constructor(store: JobStore, formats: Formats) {
    this.#store = store;
    this.#formats = formats;
    this.#disposables.add(store.onDidChange((change) => this.#onStoreChange(change)));
    this.#disposables.add(this.#changed);
  }

  /** The element of a job that the tree has shown. */
  find(reference: JobReference): TreeElement | undefined {
    return this.#elements.get(jobNodeId(reference.targetId, reference.jobId));
  }

  async children(element?: TreeElement): Promise<readonly TreeElement[]> {
    if (element === undefined) return await this.#roots();
    switch (element.node.kind) {
      case 'target':
        return this.#jobs(element);
      case 'job':
        return await this.#details(element);
      case 'detail':
        return element.node.children.map((child) => this.#element(element, child));
      default:
        return [];
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #roots(): Promise<readonly TreeElement[]> {
    // The first look waits for the jobs, so that no welcome view flashes up before them.
    const unread = this.#store.targets.filter((state) => state.list === undefined && state.error === undefined);
    await Promise.all(unread.map((state) => this.#store.refresh(state.target.id)));
    const states = this.#store.targets;
    // With nothing to show, the view says what to do instead.
    if (states.length === 1 && states.every(isEmpty)) return [];
    return states.map((state) => this.#targetElement(state));
  }

  #targetElement(state: TargetState): TreeElement {
    const id = targetNodeId(state.target.id);
    return this.#element(undefined, { kind: 'target', id, target: state.target, isStale: state.error !== undefined });
  }

  #jobs(parent: TreeElement): readonly TreeElement[] {
    const state = this.#store.state(parent.targetId);
    if (state === undefined) return [];
    const nodes: TreeNode[] = [];
    if (state.error !== undefined) nodes.push(errorNode(`${parent.id}/error`, parent.targetId, state.error));
    for (const job of state.list?.jobs ?? []) {
      const id = jobNodeId(parent.targetId, job.JobId);
      nodes.push({ kind: 'job', id, targetId: parent.targetId, jobId: job.JobId, job });
    }
    if (nodes.length === 0) {
      const { l10n } = this.#formats;
      const text = state.isReachable ? l10n.t('No jobs yet') : l10n.t('Not connected');
      nodes.push({ kind: 'empty', id: `${parent.id}/empty`, text });
    }
    if (state.list?.nextToken !== undefined) {
      nodes.push({ kind: 'loadMore', id: `${parent.id}/more`, targetId: parent.targetId });
    }
    return nodes.map((node) => this.#element(parent, node));
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
    const target = this.#elements.get(targetNodeId(change.targetId));
    const state = this.#store.state(change.targetId);
    if (change.isListChanged || target === undefined || state === undefined) {
      if (state !== undefined) this.#prune(state);
      // The root as well: whether there is anything to show decides over the welcome view.
      this.#changed.fire(undefined);
      return;
    }
    for (const jobId of change.changed) {
      const element = this.find({ targetId: change.targetId, jobId });
      const job = this.#store.job({ targetId: change.targetId, jobId });
      if (element === undefined || element.node.kind !== 'job' || job === undefined) continue;
      element.node = { ...element.node, job };
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

function isEmpty(state: TargetState): boolean {
  return state.error === undefined && (state.list === undefined || state.list.jobs.length === 0);
}

function errorNode(id: string, targetId: string, error: unknown): ErrorNode {
  const hint = isBatchError(error) ? error.hint : undefined;
  return { kind: 'error', id, targetId, message: errorMessage(error), ...(hint === undefined ? {} : { hint }) };
}
