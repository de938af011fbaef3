import { basename } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError, errorCode } from '../../base/errors.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { TargetClient } from '../../core/job/target.js';
import { nextJob } from '../../core/report/lineage.js';
import { causeLabel } from '../../core/view/reportNodes.js';
import { targetText } from '../../core/view/targetText.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { freePath, localPath, make } from '../making/makeFiles.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { jobOfFile } from '../policy/jobOfFile.js';
import { manifestOf } from '../run/manifestOf.js';
import { submitFromEditor } from '../run/submitFromEditor.js';
import { waitForEnd } from '../run/waitForEnd.js';
import { readJobCauses } from './readJobCauses.js';

/**
 * Runs a job on a sample of its manifest first, stratified by prefix, and says how that went; if somebody then goes on, the wizard opens
 * with the rest of the rows, the sample's taken away. Resolves with the job of the sample.
 */
export async function tryOnSample(
  services: Services,
  jobs: Jobs,
  given: vscode.Uri | undefined,
): Promise<JobReference | undefined> {
  const title = vscode.l10n.t('Try on a Sample First');
  const file = await jobOfFile(given);
  const manifest = manifestOf(file.uri, file.job);
  if (manifest === undefined) {
    throw new BatchError('NoManifestFile', vscode.l10n.t('The job file names no manifest on this machine.'), {
      hint: vscode.l10n.t('A sample is taken from the manifest that ManifestFile names.'),
    });
  }
  const path = localPath(manifest);
  const client = await chooseClient(jobs, title);
  const size = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('How many rows are tried first? They are taken from every prefix.'),
    value: '100',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      /^[1-9]\d{0,8}$/.test(typed.trim()) ? undefined : vscode.l10n.t('A whole number of at least {0}.', 1),
  });
  if (size === undefined) throw cancelledError();
  const output = await freePath(path, 'sample.csv');
  const sample = await make(title, { kind: 'sample', path, size: Number(size), seed: 1, output });
  const description = vscode.l10n.t('Sample of {0}', file.job.Description ?? basename(path)).slice(0, 256);
  const reference = await submitFromEditor({
    services,
    client,
    job: {
      ...file.job,
      ...sampleMembers(file.job.Manifest, sample.rows),
      Description: description,
      ManifestFile: basename(output),
      ConfirmationRequired: false,
    },
    manifest: vscode.Uri.file(output),
  });
  if (reference === undefined) return undefined;
  await vscode.commands.executeCommand('s3batch.jobs.focus');
  await jobs.follow(reference);
  const ended = await waitForEnd(client, reference.jobId, { title, clock: services.clock });
  // The rest is named after the whole job, not after the sample.
  const { Description: _, ...sampled } = ended;
  const whole = file.job.Description === undefined ? sampled : { ...sampled, Description: file.job.Description };
  const cause = await biggestCause(services, client, whole);
  void judge(services, { title, path, output, reference, ended: whole, cause });
  return reference;
}

/** The sample's manifest goes beside the whole one. */
function sampleMembers<T extends { readonly Location: { readonly ObjectArn: string } }>(
  manifest: T | undefined,
  rows: number,
): { readonly Manifest?: T } {
  if (manifest === undefined) return {};
  const arn = manifest.Location.ObjectArn.replace(/(\.csv)?$/i, `.sample-${rows}.csv`);
  return { Manifest: { ...manifest, Location: { ObjectArn: arn } } };
}

async function chooseClient(jobs: Jobs, title: string): Promise<TargetClient> {
  const { targets } = jobs.targets;
  const items = targets.map((target) => ({ label: targetText(target), target }));
  const chosen =
    items.length === 1
      ? items[0]
      : await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Where does the job run?') });
  if (chosen === undefined) throw cancelledError();
  return await jobs.targets.client(chosen.target.id);
}

/** What the report of a job names most; undefined when nothing failed, or the report can't be read: how the sample went is said all the same. */
async function biggestCause(
  { errors }: Services,
  client: TargetClient,
  { JobId, ProgressSummary }: JobDescriptor,
): Promise<string | undefined> {
  if ((ProgressSummary?.NumberOfTasksFailed ?? 0) === 0) return undefined;
  try {
    const [cause] = await readJobCauses(client, JobId);
    return cause === undefined ? undefined : causeLabel(cause, { l10n: vscode.l10n });
  } catch (error) {
    if (errorCode(error) !== 'NoReport') errors.logOnly('Read the report of the sample', error);
    return undefined;
  }
}

interface Tried {
  readonly title: string;
  readonly path: string;
  readonly output: string;
  readonly reference: JobReference;
  readonly ended: JobDescriptor;
  /** What most of its failures are. */
  readonly cause: string | undefined;
}

/** Says how the sample went, and goes on with the rest if somebody wants that. */
async function judge(services: Services, { title, path, output, reference, ended, cause }: Tried): Promise<void> {
  const { NumberOfTasksSucceeded: succeeded = 0, NumberOfTasksFailed: failed = 0 } = ended.ProgressSummary ?? {};
  const goOn: vscode.MessageItem = { title: vscode.l10n.t('Go On with the Rest…') };
  const openReport: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
  const isGood = ended.Status === 'Complete' && failed === 0;
  const chosen = isGood
    ? await vscode.window.showInformationMessage(
        succeeded === 1
          ? vscode.l10n.t('The one task of the sample succeeded.')
          : vscode.l10n.t('All {0} tasks of the sample succeeded.', succeeded),
        goOn,
        openReport,
      )
    : await vscode.window.showWarningMessage(
        [
          vscode.l10n.t('The sample did not go well: {0} failed, {1} succeeded.', failed, succeeded),
          ...(cause === undefined ? [] : [cause]),
          ...(ended.FailureReasons ?? []).flatMap(({ FailureReason }) => FailureReason ?? []),
        ].join(' '),
        openReport,
      );
  if (chosen === openReport) await services.commands.execute(Command.jobOpenReport, reference);
  if (chosen !== goOn) return;
  await services.errors.run(title, async () => {
    const rest = await freePath(path, 'rest.csv');
    const made = await make(vscode.l10n.t('Taking the sample away'), { kind: 'minus', path, others: [output], output: rest });
    if (made.rows === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('The sample was the whole manifest: there is no rest.'));
      return;
    }
    await services.commands.execute(Command.jobCreate, vscode.Uri.file(rest), {
      targetId: reference.targetId,
      job: nextJob(ended, 'rest', ended.Manifest?.Spec.Fields),
    });
  });
}
