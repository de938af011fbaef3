import * as vscode from 'vscode';
import { chaosSummary } from '../../core/changes/chaosText.js';
import { chaosRun, type ChaosTurn } from '../../core/job/chaosRun.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import { isIdempotent } from '../../core/report/chaosFindings.js';
import { jobLabel } from '../../core/view/jobText.js';
import { compareChaosRuns } from '../../files/report/compareChaosRuns.js';
import { chaosUri } from '../changes/changesUri.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import { submitFromEditor, type SubmitFromEditorOptions } from './submitFromEditor.js';
import { waitForEnd } from './waitForEnd.js';

/** CreateJobRequest, Description. */
const maxDescription = 256;

/**
 * Runs a job on the local engine twice under chaos, and says what was not the same the second time. Resolves with the first of the two
 * jobs; undefined when it has errors, which were shown. Cancelling cancels the job that runs.
 */
export async function runUnderChaos(
  options: SubmitFromEditorOptions,
  jobs: Jobs,
  seed: number,
): Promise<JobReference | undefined> {
  const { services, client } = options;
  const run = async (turn: ChaosTurn): Promise<JobDescriptor | undefined> => {
    const { job, shuffleSeed } = chaosRun(options.job, seed, turn);
    const reference = await submitFromEditor({
      ...options,
      job: { ...job, Description: turnName(options, turn) },
      shuffleSeed,
      // The second run meets what the first has left.
      fetch: turn === 'first' ? options.fetch : undefined,
    });
    if (reference === undefined) return undefined;
    const { store } = await jobs.explorer();
    await store.refresh(client.target.id);
    const title = turn === 'first' ? vscode.l10n.t('Chaos: first run') : vscode.l10n.t('Chaos: second run');
    const ended = await waitForEnd(client, reference.jobId, { title, clock: services.clock, cancelsJob: true });
    await store.refresh(client.target.id);
    return ended;
  };

  const first = await run('first');
  if (first === undefined) return undefined;
  const reference = { targetId: client.target.id, jobId: first.JobId };
  // A job that stopped in the midst has nothing to compare with.
  const second = first.Status === 'Complete' ? await run('second') : undefined;
  if (second?.Status !== 'Complete') {
    tellOfNoEnd(options, second ?? first);
    return reference;
  }
  const { dataDirectory } = services.engine.connection ?? (await services.engine.start());
  const findings = await compareChaosRuns(client, dataDirectory, first, second);
  const name = jobName(options);
  const summary = chaosSummary({ jobName: name }, findings, { l10n: vscode.l10n, locale: vscode.env.language });
  services.log.info(summary);
  const show: vscode.MessageItem = { title: vscode.l10n.t('Show Details') };
  const report: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
  const failed = second.ProgressSummary?.NumberOfTasksFailed ?? 0;
  const isGood = isIdempotent(findings) && failed === 0;
  const text = failed === 0 ? summary : `${summary} ${failedText(failed)}`;
  const shown = isGood ? vscode.window.showInformationMessage(text, show) : vscode.window.showWarningMessage(text, show, report);
  void shown.then((chosen) => {
    if (chosen === show) {
      const uri = chaosUri(first.JobId, second.JobId, name);
      void services.errors.run('Show chaos', async () => await vscode.window.showTextDocument(uri, { preview: false }));
    }
    if (chosen === report) void services.commands.execute(Command.jobOpenReport, { ...reference, jobId: second.JobId });
  });
  return reference;
}

function failedText(failed: number): string {
  return failed === 1
    ? vscode.l10n.t('1 task failed in the second run.')
    : vscode.l10n.t('{0} tasks failed in the second run.', failed);
}

/** Says that nothing was compared, and why. Doesn't wait for an answer. */
function tellOfNoEnd({ services, client }: SubmitFromEditorOptions, job: JobDescriptor): void {
  const report: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
  const message = vscode.l10n.t(
    'Nothing was compared: the job "{0}" has not come to its end, but is {1}.',
    jobLabel(job),
    job.Status,
  );
  void vscode.window.showWarningMessage(message, report).then((chosen) => {
    if (chosen !== report) return;
    void services.commands.execute(Command.jobOpenReport, { targetId: client.target.id, jobId: job.JobId });
  });
}

function jobName({ job, jobFile }: SubmitFromEditorOptions): string {
  return job.Description ?? (jobFile === undefined ? '' : vscode.workspace.asRelativePath(jobFile));
}

/** So that the list of jobs tells the two from each other, and from the job itself. */
function turnName(options: SubmitFromEditorOptions, turn: ChaosTurn): string {
  const suffix = turn === 'first' ? vscode.l10n.t('(chaos 1/2)') : vscode.l10n.t('(chaos 2/2)');
  return `${jobName(options).slice(0, maxDescription - suffix.length - 1)} ${suffix}`;
}
