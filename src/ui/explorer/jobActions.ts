import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { jobArn, parseObjectArn } from '../../core/job/arn.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import { priorityShape } from '../../core/job/requestShapes.js';
import { validateShape } from '../../core/operations/validateShape.js';
import type { TargetClient } from '../../core/job/target.js';
import type { Formats } from '../../core/view/formats.js';
import { abilitiesOf, type JobAbility } from '../../core/view/jobAbilities.js';
import { outcomeIcon, outcomeOf } from '../../core/view/jobOutcome.js';
import { cancelPrompt, confirmPrompt, type Prompt } from '../../core/view/jobPrompts.js';
import { jobLabel, stateText } from '../../core/view/jobText.js';
import type { JobReference } from '../platform/commandTypes.js';
import { objectUri } from '../report/objectUri.js';
import type { JobStore } from './jobStore.js';
import type { TargetProvider } from './targetProvider.js';

const viewProgress: vscode.ProgressOptions = { location: { viewId: 's3batch.jobs' } };

/**
 * What can be done with a job. Every action takes the job that it is given, or asks for one that it applies to, and looks at the job
 * anew before it does anything: the tree may be a second old.
 */
export class JobActions {
  readonly #targets: TargetProvider;
  readonly #store: JobStore;
  readonly #formats: Formats;

  constructor(targets: TargetProvider, store: JobStore, formats: Formats) {
    this.#targets = targets;
    this.#store = store;
    this.#formats = formats;
  }

  async confirm(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'confirmable', vscode.l10n.t('Which job is to run?'));
    if (reference === undefined) return;
    const { client, job } = await this.read(reference);
    this.#insist(job, 'confirmable', vscode.l10n.t('does not wait for confirmation'));
    if (!(await ask(confirmPrompt(client.target, job, this.#formats)))) return;
    await this.#change(reference, () => client.updateJobStatus(reference.jobId, 'Ready', undefined));
    this.#store.follow(reference);
  }

  async cancel(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'cancellable', vscode.l10n.t('Which job is to be cancelled?'));
    if (reference === undefined) return;
    const { client, job } = await this.read(reference);
    this.#insist(job, 'cancellable', vscode.l10n.t('can no longer be cancelled'));
    if (!(await ask(cancelPrompt(client.target, job, this.#formats)))) return;
    await this.#change(reference, () => client.updateJobStatus(reference.jobId, 'Cancelled', undefined));
  }

  async changePriority(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'prioritizable', vscode.l10n.t('Whose priority is to change?'));
    if (reference === undefined) return;
    const { client, job } = await this.read(reference);
    this.#insist(job, 'prioritizable', vscode.l10n.t('has ended'));
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Priority of "{0}"', jobLabel(job)),
      prompt: priorityShape.doc ?? '',
      value: String(job.Priority),
      ignoreFocusOut: true,
      validateInput: (value) => priorityProblem(value),
    });
    if (text === undefined || Number(text) === job.Priority) return;
    await this.#change(reference, () => client.updateJobPriority(reference.jobId, Number(text)));
  }

  async copyId(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'copyable', vscode.l10n.t('Whose ID is to be copied?'));
    if (reference !== undefined) await copy(reference.jobId);
  }

  async copyArn(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'copyable', vscode.l10n.t('Whose ARN is to be copied?'));
    if (reference === undefined) return;
    const { client, job } = await this.read(reference);
    await copy(job.JobArn ?? jobArn(client.target.region, await client.accountId(), reference.jobId));
  }

  async openManifest(given?: JobReference): Promise<void> {
    const reference = await this.choose(given, 'copyable', vscode.l10n.t('Whose manifest is to be opened?'));
    if (reference === undefined) return;
    const { job } = await this.read(reference);
    const place = parseObjectArn(job.Manifest?.Location.ObjectArn ?? '');
    if (place === undefined) {
      throw new BatchError('NoManifest', vscode.l10n.t('The job "{0}" has no manifest of its own.', jobLabel(job)));
    }
    await vscode.window.showTextDocument(objectUri(reference.targetId, place.bucket, place.key), { preview: true });
  }

  /** The job given, or one chosen among those with the ability. Undefined when nothing was chosen; rejects when there is none. */
  async choose(given: JobReference | undefined, ability: JobAbility, placeholder: string): Promise<JobReference | undefined> {
    if (given !== undefined && given.jobId !== '') return { targetId: given.targetId, jobId: given.jobId };
    await vscode.window.withProgress(viewProgress, () => this.#store.refresh());
    const items = this.#store.targets.flatMap(({ target, list }) =>
      (list?.jobs ?? [])
        .filter((job) => abilitiesOf(job).has(ability))
        .map((job) => ({
          label: `$(${outcomeIcon(outcomeOf(job.Status, job.ProgressSummary)).id}) ${jobLabel(job)}`,
          description: stateText(job, this.#formats),
          detail: this.#store.targets.length > 1 ? `${target.label} · ${job.JobId}` : job.JobId,
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

  async read(reference: JobReference): Promise<{ client: TargetClient; job: JobDescriptor }> {
    const client = await this.#targets.client(reference.targetId);
    return { client, job: await client.describeJob(reference.jobId) };
  }

  /** The job may have moved on since its menu was shown. */
  #insist(job: JobDescriptor, ability: JobAbility, why: string): void {
    const { Operation: _, ...item } = job;
    if (abilitiesOf(item, job).has(ability)) return;
    const state = stateText(job, this.#formats);
    throw new BatchError('JobHasMovedOn', vscode.l10n.t('The job "{0}" {1} (now: {2}).', jobLabel(job), why, state));
  }

  async #change(reference: JobReference, change: () => Promise<unknown>): Promise<void> {
    await vscode.window.withProgress(viewProgress, async () => {
      try {
        await change();
      } finally {
        await this.#store.refresh(reference.targetId);
      }
    });
  }
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
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', text), 3000);
}
