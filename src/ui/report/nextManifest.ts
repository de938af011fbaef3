import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import { parseObjectArn } from '../../core/job/arn.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { Cause, CauseKey } from '../../core/report/causes.js';
import { type LineageKind, nextJob } from '../../core/report/lineage.js';
import { formatCount } from '../../core/view/formats.js';
import { replaceFile } from '../../files/replaceFile.js';
import type { WrittenManifest } from '../../files/report/writtenManifest.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { OpenReport } from './openReports.js';
import { runWithProgress } from './reportThreadProgress.js';

/** Makes the manifest of the failed tasks, all or of chosen causes, and opens the wizard for the job that tries them again. */
export async function retryFailed(
  services: Services,
  open: OpenReport,
  given: readonly Cause[] | undefined,
): Promise<vscode.Uri | undefined> {
  if (open.report.failed === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No task of this report failed: there is nothing to retry.'));
    return undefined;
  }
  const causes = given ?? (await chooseCauses(open.report.causes));
  const isAll = causes.length === open.report.causes.length;
  const path = await askPath(open, 'retry');
  const choice = isAll ? {} : { choice: { causes: causes.map(keyOf) } };
  const { retry } = await runWithProgress<'read'>(vscode.l10n.t('Writing the failed tasks'), {
    kind: 'read',
    path: open.path,
    retry: { path, ...choice },
  });
  if (retry === undefined) throw new BatchError('Internal', 'The manifest was not written.');
  return await goOn(services, open, 'retry', retry);
}

/** Makes the manifest of the rows that a job never came to, and opens the wizard for the job that does them. */
export async function resumeJob(services: Services, targets: TargetProvider, open: OpenReport): Promise<vscode.Uri | undefined> {
  const { job } = open;
  if (job?.descriptor.Report?.ReportScope === 'FailedTasksOnly') {
    throw new BatchError(
      'FailedTasksOnly',
      vscode.l10n.t('The report holds failed tasks only, so it does not say which tasks were done.'),
      {
        hint: vscode.l10n.t('Retry the failed tasks. For a job that can be resumed, choose a report of all tasks.'),
      },
    );
  }
  if (job === undefined && open.report.succeeded === 0) await confirmScope();
  const folder = await mkdtemp(join(tmpdir(), 's3batch-manifest-'));
  try {
    const manifest = job === undefined ? await askManifest() : join(folder, 'manifest.csv');
    const path = await askPath(open, 'resume');
    if (job !== undefined) await copyManifest(targets, job.reference.targetId, job.descriptor, manifest);
    const fields = job?.descriptor.Manifest?.Spec.Fields;
    const written = await runWithProgress<'resume'>(vscode.l10n.t('Writing the rows that were not attempted'), {
      kind: 'resume',
      path: open.path,
      manifest,
      ...(fields === undefined ? {} : { fields }),
      out: path,
    });
    if (written.rows > 0) return await goOn(services, open, 'resume', written);
    await rm(path, { force: true });
    void vscode.window.showInformationMessage(vscode.l10n.t('The report speaks of every row: there is nothing to resume.'));
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function goOn(services: Services, open: OpenReport, kind: LineageKind, written: WrittenManifest): Promise<vscode.Uri> {
  const uri = vscode.Uri.file(written.path);
  const rows = written.rows.toLocaleString(vscode.env.language);
  services.log.info(`${rows} rows in ${written.path}`);
  if (open.job === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} rows in {1}.', rows, basename(written.path)));
    await services.commands.execute(Command.manifestTreatAs, uri);
    return uri;
  }
  await services.commands.execute(Command.jobCreate, uri, {
    targetId: open.job.reference.targetId,
    job: nextJob(open.job.descriptor, kind, written.fields),
  });
  return uri;
}

/** A report on disk does not say what its scope is. */
async function confirmScope(): Promise<void> {
  const goOn = vscode.l10n.t('Resume');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('The report lists no task that succeeded.'),
    {
      modal: true,
      detail: vscode.l10n.t('If its scope is FailedTasksOnly, the tasks that succeeded would be done again.'),
    },
    goOn,
  );
  if (chosen !== goOn) throw cancelledError();
}

/** The manifest of a job that nobody knows any more. Its columns are Bucket, Key and, if there is a third, VersionId. */
async function askManifest(): Promise<string> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Manifest of the Job'),
      openLabel: vscode.l10n.t('Resume'),
      filters: { [vscode.l10n.t('Manifest')]: ['csv', 'gz'] },
    })) ?? [];
  if (uri === undefined) throw cancelledError();
  return uri.fsPath;
}

/** Copies the CSV manifest of a job, with progress and cancel. */
async function copyManifest(targets: TargetProvider, targetId: string, job: JobDescriptor, path: string): Promise<void> {
  const arn = job.Manifest?.Location.ObjectArn;
  const place = arn === undefined ? undefined : parseObjectArn(arn);
  if (place === undefined || job.Manifest?.Spec.Format !== 'S3BatchOperations_CSV_20180820') {
    throw new BatchError('NoCsvManifest', vscode.l10n.t('Only a job with a CSV manifest can be resumed.'), {
      hint: vscode.l10n.t(
        'Make a CSV manifest of the inventory or the bucket, take away the rows of the report, and create a job of the rest.',
      ),
    });
  }
  await withCancellableProgress(vscode.l10n.t('Copying the manifest'), async ({ signal }) => {
    const client = await targets.client(targetId);
    const version = job.Manifest?.Location.ObjectVersionId;
    const range = version === undefined ? {} : { versionId: version };
    const { chunks } = await client.openObject(place.bucket, place.key, range, signal);
    await replaceFile(path, async (write) => {
      for await (const chunk of chunks) await write(chunk);
    });
  });
}

async function chooseCauses(causes: readonly Cause[]): Promise<readonly Cause[]> {
  if (causes.length === 1) return causes;
  const formats = { l10n: vscode.l10n, locale: vscode.env.language };
  const items = causes.map((cause) => ({
    label: cause.code === '' ? vscode.l10n.t('no error code') : cause.code,
    description: formatCount(cause.count, formats),
    detail: cause.message,
    picked: true,
    cause,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDetail: true,
    title: vscode.l10n.t('Retry Failed Tasks'),
    placeHolder: vscode.l10n.t('Which failures are to be tried again?'),
  });
  if (chosen === undefined || chosen.length === 0) throw cancelledError();
  return chosen.map(({ cause }) => cause);
}

function keyOf({ code, httpStatus, message }: Cause): CauseKey {
  return { code, httpStatus, message };
}

/** Where the manifest goes: the workspace, under the job's own name, unless somebody says otherwise. */
async function askPath(open: OpenReport, word: string): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const id = (open.report.jobId ?? open.job?.reference.jobId ?? 'report').slice(0, 8);
  const name = `${word}-${id}.csv`;
  const uri = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? vscode.Uri.file(join(tmpdir(), name)) : vscode.Uri.joinPath(folder, name),
    filters: { [vscode.l10n.t('Manifest')]: ['csv'] },
    title: vscode.l10n.t('Where to Write the Manifest'),
  });
  if (uri === undefined) throw cancelledError();
  return uri.fsPath;
}
