import * as vscode from 'vscode';
import { BatchError, errorMessage } from '../../base/errors.js';
import { jobArn, parseObjectArn, parseRoleArn } from '../../core/job/arn.js';
import { consoleUrl, roleConsoleUrl } from '../../core/job/consoleUrl.js';
import { toJobFile } from '../../core/job/jobFile.js';
import { exportJob } from '../../core/export/exportJob.js';
import type { JobDescriptor, JobListItem, Tag } from '../../core/job/jobTypes.js';
import { priorityShape, putJobTaggingRequestShape } from '../../core/job/requestShapes.js';
import { validateShape } from '../../core/operations/validateShape.js';
import type { Target, TargetClient } from '../../core/job/target.js';
import type { Formats } from '../../core/view/formats.js';
import { abilitiesOf, hasHandlerLog, type JobAbility } from '../../core/view/jobAbilities.js';
import { countsOf, outcomeIcon, outcomeOf } from '../../core/view/jobOutcome.js';
import { type Prompt, type PromptedJob, promptFor } from '../../core/view/jobPrompts.js';
import { jobLabel, stateText } from '../../core/view/jobText.js';
import { targetText } from '../../core/view/targetText.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { objectUri } from '../report/objectUri.js';
import { askQuestion } from '../wizard/askQuestion.js';
import { jobUri } from './jobDocuments.js';
import type { JobStore } from './jobStore.js';
import type { TargetProvider } from './targetProvider.js';

const viewProgress: vscode.ProgressOptions = { location: { viewId: 's3batch.jobs' } };
/** Jobs that are read or changed at the same time. */
const lanes = 4;

interface ReadJob {
  readonly reference: JobReference;
  readonly client: TargetClient;
  readonly job: JobDescriptor;
}

/**
 * What can be done with jobs. Every action takes the jobs that it is given, or asks for one that it applies to, and looks at them
 * anew before it does anything: the tree may be a second old. Of several jobs, those that an action does not apply to are left alone.
 */
export class JobActions {
  readonly #targets: TargetProvider;
  readonly #store: JobStore;
  readonly #formats: Formats;
  readonly #services: Pick<Services, 'commands' | 'settings'>;

  constructor(services: Pick<Services, 'commands' | 'settings'>, targets: TargetProvider, store: JobStore, formats: Formats) {
    this.#services = services;
    this.#targets = targets;
    this.#store = store;
    this.#formats = formats;
  }

  async confirm(given: readonly JobReference[]): Promise<void> {
    await this.#changeStatus(given, 'confirm', 'confirmable', {
      placeholder: vscode.l10n.t('Which job is to run?'),
      problem: vscode.l10n.t('does not wait for confirmation'),
    });
  }

  async cancel(given: readonly JobReference[]): Promise<void> {
    await this.#changeStatus(given, 'cancel', 'cancellable', {
      placeholder: vscode.l10n.t('Which job is to be cancelled?'),
      problem: vscode.l10n.t('can no longer be cancelled'),
    });
  }

  async changePriority(given: readonly JobReference[]): Promise<void> {
    const references = await this.#chosen(given, 'prioritizable', vscode.l10n.t('Whose priority is to change?'));
    const read = await this.#readAll(references);
    const jobs = this.#applicable(read, 'prioritizable', vscode.l10n.t('has ended'));
    const [first] = jobs;
    if (first === undefined) return;
    const text = await vscode.window.showInputBox({
      title:
        jobs.length === 1
          ? vscode.l10n.t('Priority of "{0}"', jobLabel(first.job))
          : vscode.l10n.t('Priority of {0} jobs', jobs.length),
      prompt: priorityShape.doc ?? '',
      value: String(first.job.Priority),
      ignoreFocusOut: true,
      validateInput: (value) => priorityProblem(value),
    });
    if (text === undefined) return;
    const priority = Number(text);
    await this.#changeAll(
      jobs.filter(({ job }) => job.Priority !== priority),
      ({ client, reference }) => client.updateJobPriority(reference.jobId, priority),
    );
  }

  async editTags(given: readonly JobReference[]): Promise<void> {
    const [reference] = await this.#chosen(given, 'copyable', vscode.l10n.t('Whose tags are to change?'));
    if (reference === undefined) return;
    const { client, job } = await this.read(reference);
    const before = await client.getJobTags(reference.jobId);
    const asked = await askQuestion(
      {
        kind: 'map',
        id: 'tags',
        title: vscode.l10n.t('Tags'),
        prompt: vscode.l10n.t('All tags of the job, each as key=value.'),
        isOptional: true,
        validate: (value) => {
          const [finding] = validateShape({ Tags: tagsOf(value) }, putJobTaggingRequestShape);
          return finding === undefined ? undefined : { message: finding.message, severity: 'error' };
        },
      },
      {
        title: vscode.l10n.t('Tags of "{0}"', jobLabel(job)),
        step: 1,
        total: 1,
        canGoBack: false,
        answers: {},
        offered: Object.fromEntries(before.map((tag) => [tag.Key, tag.Value])),
      },
    );
    if (asked.kind === 'back') return;
    const after = tagsOf(asked.value);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    await vscode.window.withProgress(viewProgress, async () => {
      await client.putJobTags(reference.jobId, after);
      this.#store.forgetDetails(reference);
    });
  }

  async copyIds(given: readonly JobReference[]): Promise<void> {
    const references = await this.#chosen(given, 'copyable', vscode.l10n.t('Whose ID is to be copied?'));
    if (references.length > 0) await copy(references.map(({ jobId }) => jobId).join('\n'));
  }

  async copyArns(given: readonly JobReference[]): Promise<void> {
    const references = await this.#chosen(given, 'copyable', vscode.l10n.t('Whose ARN is to be copied?'));
    if (references.length === 0) return;
    const arns = await Promise.all(
      references.map(async ({ targetId, jobId }) => {
        const client = await this.#targets.client(targetId);
        return jobArn(client.target.region, await client.accountId(), jobId);
      }),
    );
    await copy(arns.join('\n'));
  }

  /** The AWS CLI line that creates the same job again, for the shell of this machine. */
  async copyAsCli(given: readonly JobReference[]): Promise<void> {
    const [reference] = await this.#chosen(given, 'copyable', vscode.l10n.t('Which job is to be copied as an AWS CLI command?'));
    if (reference === undefined) return;
    const { descriptor, tags } = await this.#store.details(reference);
    const text = exportJob(toJobFile(descriptor, tags), process.platform === 'win32' ? 'powershell' : 'sh');
    await copy(text.trimEnd());
  }

  /** A new job like this one: the wizard with everything filled in, at the review. */
  async clone(given: readonly JobReference[]): Promise<JobReference | undefined> {
    const [reference] = await this.#chosen(given, 'copyable', vscode.l10n.t('Which job is to be cloned?'));
    if (reference === undefined) return undefined;
    const { descriptor, tags } = await vscode.window.withProgress(viewProgress, () => this.#store.details(reference));
    const filled = { targetId: reference.targetId, job: toJobFile(descriptor, tags) };
    return await this.#services.commands.execute(Command.jobCreate, undefined, filled);
  }

  async openManifest(given: readonly JobReference[]): Promise<void> {
    const [reference] = await this.#chosen(given, 'copyable', vscode.l10n.t('Whose manifest is to be opened?'));
    if (reference === undefined) return;
    const { job } = await this.read(reference);
    const place = parseObjectArn(job.Manifest?.Location.ObjectArn ?? '');
    if (place === undefined) {
      throw new BatchError('NoManifest', vscode.l10n.t('The job "{0}" has no manifest of its own.', jobLabel(job)));
    }
    await vscode.window.showTextDocument(objectUri({ ...place, targetId: reference.targetId }), { preview: true });
  }

  async openInConsole(given: readonly JobReference[]): Promise<void> {
    const [reference] = await this.#chosen(given, 'onAws', vscode.l10n.t('Which job is to be opened in the AWS console?'));
    const target = this.#store.state(reference?.targetId ?? '')?.target;
    if (reference === undefined || target === undefined) return;
    await vscode.env.openExternal(vscode.Uri.parse(consoleUrl(target.region, reference.jobId), true));
  }

  async openRole(given: readonly JobReference[]): Promise<void> {
    const [reference] = await this.#chosen(given, 'onAws', vscode.l10n.t('Whose role is to be opened in the AWS console?'));
    const target = this.#store.state(reference?.targetId ?? '')?.target;
    if (reference === undefined || target === undefined) return;
    const { descriptor } = await this.#store.details(reference);
    const name = parseRoleArn(descriptor.RoleArn ?? '')?.name;
    if (name === undefined) {
      throw new BatchError('NoRole', vscode.l10n.t('The job "{0}" names no role.', jobLabel(descriptor)));
    }
    await vscode.env.openExternal(vscode.Uri.parse(roleConsoleUrl(target.region, name), true));
  }

  /** Two jobs side by side, as job files; the older one left. */
  async compare(given: readonly JobReference[]): Promise<void> {
    const [first, second = await this.#other(first)] =
      given.length > 0 ? given : await this.#chosen([], 'copyable', vscode.l10n.t('Which job is to be compared?'));
    if (first === undefined || second === undefined) return;
    const read = await this.#readAll([first, second]);
    const [older, newer] = read.toSorted((a, b) => ((a.job.CreationTime ?? '') < (b.job.CreationTime ?? '') ? -1 : 1));
    if (older === undefined || newer === undefined) return;
    const title = vscode.l10n.t('{0} ↔ {1}', jobLabel(older.job), jobLabel(newer.job));
    const uris = [older, newer].map(({ reference, job }) => jobUri(reference, jobLabel(job)));
    await vscode.commands.executeCommand('vscode.diff', ...uris, title);
  }

  /** The job given, or one chosen among those with the ability. Undefined when nothing was chosen; rejects when there is none. */
  async choose(given: JobReference | undefined, ability: JobAbility, placeholder: string): Promise<JobReference | undefined> {
    return (await this.#chosen(given === undefined ? [] : [given], ability, placeholder))[0];
  }

  async read(reference: JobReference): Promise<{ client: TargetClient; job: JobDescriptor }> {
    const client = await this.#targets.client(reference.targetId);
    return { client, job: await client.describeJob(reference.jobId) };
  }

  async #other(first: JobReference | undefined): Promise<JobReference | undefined> {
    if (first === undefined) return undefined;
    return await this.#pick('copyable', vscode.l10n.t('Which job is it to be compared with?'), first);
  }

  async #chosen(given: readonly JobReference[], ability: JobAbility, placeholder: string): Promise<readonly JobReference[]> {
    const jobs = given.filter(({ jobId }) => jobId !== '').map(({ targetId, jobId }) => ({ targetId, jobId }));
    if (jobs.length > 0) return jobs;
    const picked = await this.#pick(ability, placeholder);
    return picked === undefined ? [] : [picked];
  }

  async #pick(ability: JobAbility, placeholder: string, except?: JobReference): Promise<JobReference | undefined> {
    await vscode.window.withProgress(viewProgress, () => this.#store.refresh());
    const items = this.#store.targets.flatMap(({ target, list }) =>
      (list?.jobs ?? [])
        .filter((job) => isAble(job, target, ability))
        .filter((job) => job.JobId !== except?.jobId || target.id !== except.targetId)
        .map((job) => ({
          label: `$(${outcomeIcon(outcomeOf(job.Status, job.ProgressSummary)).id}) ${jobLabel(job)}`,
          description: stateText(job, this.#formats),
          detail: this.#store.targets.length > 1 ? `${targetText(target)} · ${job.JobId}` : job.JobId,
          reference: { targetId: target.id, jobId: job.JobId },
        })),
    );
    if (items.length === 0) {
      const error = this.#store.targets.find((state) => state.error !== undefined)?.error;
      throw error ?? new BatchError('NoSuchJob', vscode.l10n.t('There is no job that this applies to.'));
    }
    const chosen = await vscode.window.showQuickPick(items, {
      placeHolder: placeholder,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return chosen?.reference;
  }

  async #changeStatus(
    given: readonly JobReference[],
    kind: 'confirm' | 'cancel',
    ability: JobAbility,
    words: { readonly placeholder: string; readonly problem: string },
  ): Promise<void> {
    const read = await this.#readAll(await this.#chosen(given, ability, words.placeholder));
    const jobs = this.#applicable(read, ability, words.problem);
    const prompted = jobs.map(({ client, job }) => ({ target: client.target, job }));
    const prompt = promptFor(kind, prompted, read.length - jobs.length, this.#formats);
    if (prompt === undefined || !(await ask(prompt))) return;
    if (kind === 'confirm') await this.#confirmCost(prompted);
    const status = kind === 'confirm' ? 'Ready' : 'Cancelled';
    await this.#changeAll(jobs, async ({ client, reference }) => {
      await client.updateJobStatus(reference.jobId, status, undefined);
      if (kind === 'confirm') this.#store.follow(reference);
    });
  }

  /** Large jobs run only after their number of objects was typed; it is known once a job waits for its confirmation. */
  async #confirmCost(jobs: readonly PromptedJob[]): Promise<void> {
    const { confirmCost } = await import('../cost/confirmCost.js');
    const asked = jobs.map(({ target, job }) => ({
      target,
      job: toJobFile(job),
      facts: { rows: countsOf(job.ProgressSummary)?.total },
      isConfirmedLater: false,
    }));
    await confirmCost(this.#services.settings, asked, 'run');
  }

  async #readAll(references: readonly JobReference[]): Promise<readonly ReadJob[]> {
    if (references.length === 0) return [];
    return await vscode.window.withProgress(viewProgress, () =>
      inLanes(references, async (reference) => ({ reference, ...(await this.read(reference)) })),
    );
  }

  /** Those that the action applies to. Rejects when that is none, with the reason. */
  #applicable(read: readonly ReadJob[], ability: JobAbility, problem: string): readonly ReadJob[] {
    const jobs = read.filter(({ job }) => abilitiesOf(listed(job), job).has(ability));
    const [first] = read;
    if (jobs.length > 0 || first === undefined) return jobs;
    const message =
      read.length === 1
        ? vscode.l10n.t('The job "{0}" {1} (now: {2}).', jobLabel(first.job), problem, stateText(first.job, this.#formats))
        : vscode.l10n.t('None of the {0} chosen jobs is one that this applies to.', read.length);
    throw new BatchError('JobHasMovedOn', message);
  }

  /** Changes every job, also after one failed; then says which could not be changed and why. */
  async #changeAll(jobs: readonly ReadJob[], change: (job: ReadJob) => Promise<unknown>): Promise<void> {
    const failures: { readonly job: ReadJob; readonly error: unknown }[] = [];
    await vscode.window.withProgress(viewProgress, async () => {
      await inLanes(jobs, async (job) => {
        try {
          await change(job);
        } catch (error) {
          failures.push({ job, error });
        }
      });
      const targetIds = new Set(jobs.map(({ reference }) => reference.targetId));
      await Promise.all([...targetIds].map((targetId) => this.#store.refresh(targetId)));
    });
    const [first] = failures;
    if (first === undefined) return;
    if (jobs.length === 1) throw first.error;
    throw new BatchError('SomeFailed', vscode.l10n.t('{0} of {1} jobs could not be changed.', failures.length, jobs.length), {
      hint: `${jobLabel(first.job.job)}: ${errorMessage(first.error)}`,
      cause: first.error,
    });
  }
}

/** As the list has it: what an ability depends on. */
function listed(job: JobDescriptor): Parameters<typeof abilitiesOf>[0] {
  const { Operation: _, ...rest } = job;
  return rest;
}

async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}

function tagsOf(value: unknown): readonly Tag[] {
  return Object.entries((value ?? {}) as Record<string, string>).map(([key, text]) => ({ Key: key, Value: text }));
}

async function ask({ message, detail, action }: Prompt): Promise<boolean> {
  const yes: vscode.MessageItem = { title: action };
  const no: vscode.MessageItem = { title: vscode.l10n.t('Leave As Is'), isCloseAffordance: true };
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes, no)) === yes;
}

function priorityProblem(text: string): string | undefined {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : text;
  const [finding] = validateShape(value, priorityShape);
  return finding?.message.replace(/^The value/, vscode.l10n.t('The priority'));
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  const lines = text.split('\n');
  const said = lines.length === 1 ? text : vscode.l10n.t('{0} lines', lines.length);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', said), 3000);
}

/** What a job alone does not say is a matter of its target. */
function isAble(job: JobListItem, { kind }: Pick<Target, 'kind'>, ability: JobAbility): boolean {
  if (ability === 'onAws') return kind === 'aws';
  return ability === 'logged' ? kind === 'local' && hasHandlerLog(job) : abilitiesOf(job).has(ability);
}
