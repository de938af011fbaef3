import * as vscode from 'vscode';
import { isCancelled } from '../../base/errors.js';
import { chaosSummary } from '../../core/changes/chaosText.js';
import { chaosRun } from '../../core/job/chaosRun.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import { readThroughTag } from '../../core/job/runTags.js';
import type { TargetClient } from '../../core/job/target.js';
import { isIdempotent } from '../../core/report/chaosFindings.js';
import { jobLabel } from '../../core/view/jobText.js';
import { compareChaosRuns } from '../../files/report/compareChaosRuns.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { submitFromEditor, type SubmitFromEditorOptions } from './submitFromEditor.js';
import { type StartedChaos, UnfinishedChaos } from './unfinishedChaos.js';
import { waitForEnd } from './waitForEnd.js';

/**
 * Runs a job on the local engine twice under chaos, and says what was not the same the second time. Resolves with the first of the two
 * jobs; undefined when it has errors, which were shown. Cancelling cancels the job that runs.
 */
export async function runUnderChaos(
  options: SubmitFromEditorOptions,
  jobs: Jobs,
  seed: number,
): Promise<JobReference | undefined> {
  const { manifest, jobFile, rows } = options;
  const name = jobName(options);
  const job = { ...options.job, Description: name };
  const first = await submitFromEditor({ ...options, ...chaosRun(job, seed) });
  if (first === undefined) return undefined;
  await new ChaosDriver(options.services, jobs, options.client).goOn({
    name,
    job,
    seed,
    ...(manifest === undefined ? {} : { manifest: manifest.toString() }),
    ...(jobFile === undefined ? {} : { jobFile: jobFile.toString() }),
    ...(rows === undefined ? {} : { rows }),
    firstJobId: first.jobId,
  });
  return { targetId: first.targetId, jobId: first.jobId };
}

/** Tells of the runs under chaos that a reload has cut short, and goes on with those that somebody wants to see the end of. */
export async function offerUnfinishedChaos(services: Services, jobs: Jobs): Promise<void> {
  const unfinished = new UnfinishedChaos(services.context.workspaceState);
  const goOn: vscode.MessageItem = { title: vscode.l10n.t('Go On') };
  const forget: vscode.MessageItem = { title: vscode.l10n.t('Forget It') };
  await Promise.all(
    unfinished.all.map(async (started) => {
      if (started.job.Tags?.some(({ Key }) => Key === readThroughTag) === true) {
        // What fetched for it has gone with the window.
        const text = vscode.l10n.t(
          'The window was loaded anew while "{0}" ran under chaos on objects of real buckets, which are no longer fetched: nothing was compared. Run it again.',
          started.name,
        );
        services.log.warn(text);
        await unfinished.forget(started.firstJobId);
        void vscode.window.showWarningMessage(text);
        return;
      }
      const text =
        started.secondJobId === undefined
          ? vscode.l10n.t(
              'The window was loaded anew before the second run of "{0}" under chaos: nothing was compared yet.',
              started.name,
            )
          : vscode.l10n.t(
              'The window was loaded anew during the second run of "{0}" under chaos: nothing was compared yet.',
              started.name,
            );
      services.log.warn(text);
      const chosen = await vscode.window.showWarningMessage(text, goOn, forget);
      if (chosen === forget) await unfinished.forget(started.firstJobId);
      if (chosen !== goOn) return;
      await services.errors.run('Go on under chaos', async () => {
        await new ChaosDriver(services, jobs, await jobs.targets.client(localTargetId)).goOn(started);
      });
    }),
  );
}

/** Sees two runs to their end. What it drives is kept until then: this window may be loaded anew at any time. */
class ChaosDriver {
  readonly #services: Services;
  readonly #jobs: Jobs;
  readonly #client: TargetClient;
  readonly #unfinished: UnfinishedChaos;

  constructor(services: Services, jobs: Jobs, client: TargetClient) {
    this.#services = services;
    this.#jobs = jobs;
    this.#client = client;
    this.#unfinished = new UnfinishedChaos(services.context.workspaceState);
  }

  async goOn(started: StartedChaos): Promise<void> {
    const { firstJobId } = started;
    await this.#unfinished.keep(started);
    try {
      await this.#drive(started);
    } catch (error) {
      // Whatever else it was, an engine that was stopped for instance: it can still be gone on with.
      if (!isCancelled(error)) throw error;
      await this.#unfinished.forget(firstJobId);
      throw error;
    }
    await this.#unfinished.forget(firstJobId);
  }

  async #drive(started: StartedChaos): Promise<void> {
    const first = await this.#follow(started.firstJobId, vscode.l10n.t('Chaos: first run'));
    // A job that stopped in the midst has nothing to compare with.
    if (first.Status !== 'Complete') {
      this.#tellOfNoEnd(first);
      return;
    }
    const secondJobId = started.secondJobId ?? (await this.#submitSecond(started));
    if (secondJobId === undefined) return;
    const second = await this.#follow(secondJobId, vscode.l10n.t('Chaos: second run'));
    if (second.Status === 'Complete') await this.#tell(started.name, first, second);
    else this.#tellOfNoEnd(second);
  }

  async #follow(jobId: string, title: string): Promise<JobDescriptor> {
    const { store } = await this.#jobs.explorer();
    await store.refresh(this.#client.target.id);
    const ended = await waitForEnd(this.#client, jobId, { title, clock: this.#services.clock, cancelsJob: true });
    await store.refresh(this.#client.target.id);
    return ended;
  }

  /** It meets what the first has left: nothing is fetched again. */
  async #submitSecond(started: StartedChaos): Promise<string | undefined> {
    const { job, seed, manifest, jobFile, rows, firstJobId } = started;
    const second = await submitFromEditor({
      services: this.#services,
      client: this.#client,
      manifest: manifest === undefined ? undefined : vscode.Uri.parse(manifest),
      ...(jobFile === undefined ? {} : { jobFile: vscode.Uri.parse(jobFile) }),
      rows,
      ...chaosRun(job, seed, firstJobId),
    });
    if (second !== undefined) await this.#unfinished.keep({ ...started, secondJobId: second.jobId });
    return second?.jobId;
  }

  async #tell(name: string, first: JobDescriptor, second: JobDescriptor): Promise<void> {
    const services = this.#services;
    const { dataDirectory } = services.engine.connection ?? (await services.engine.start());
    const findings = await compareChaosRuns(this.#client, dataDirectory, first, second);
    const summary = chaosSummary({ jobName: name }, findings, { l10n: vscode.l10n, locale: vscode.env.language });
    services.log.info(summary);
    const show: vscode.MessageItem = { title: vscode.l10n.t('Show Details') };
    const report: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
    const failed = second.ProgressSummary?.NumberOfTasksFailed ?? 0;
    const isGood = isIdempotent(findings) && failed === 0;
    const text = failed === 0 ? summary : `${summary} ${failedText(failed)}`;
    const shown = isGood
      ? vscode.window.showInformationMessage(text, show)
      : vscode.window.showWarningMessage(text, show, report);
    const reference = { targetId: this.#client.target.id, jobId: second.JobId };
    void shown.then((chosen) => {
      if (chosen === show) void services.commands.execute(Command.jobShowChaos, reference);
      if (chosen === report) void services.commands.execute(Command.jobOpenReport, reference);
    });
  }

  /** Says that nothing was compared, and why. Doesn't wait for an answer. */
  #tellOfNoEnd(job: JobDescriptor): void {
    const report: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
    const message = vscode.l10n.t(
      'Nothing was compared: the job "{0}" has not come to its end, but is {1}.',
      jobLabel(job),
      job.Status,
    );
    void vscode.window.showWarningMessage(message, report).then((chosen) => {
      if (chosen !== report) return;
      void this.#services.commands.execute(Command.jobOpenReport, { targetId: this.#client.target.id, jobId: job.JobId });
    });
  }
}

function failedText(failed: number): string {
  return failed === 1
    ? vscode.l10n.t('1 task failed in the second run.')
    : vscode.l10n.t('{0} tasks failed in the second run.', failed);
}

function jobName({ job, jobFile }: SubmitFromEditorOptions): string {
  return job.Description ?? (jobFile === undefined ? '' : vscode.workspace.asRelativePath(jobFile));
}
