import * as vscode from 'vscode';
import { type JobFile, jobFileSuffix } from '../../core/job/jobFile.js';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { activeFile } from '../platform/activeFile.js';
import { askRehearsal } from './askRehearsal.js';
import { chooseJobFile, type FileItem, fileItem } from './chooseJobFile.js';
import { fetchIntoStore } from './fetchIntoStore.js';
import { jobFilesOf } from './jobFilesOf.js';
import { manifestOf } from './manifestOf.js';
import { runUnderChaos } from './runUnderChaos.js';
import { offerProblems, saveIfDirty, submitFromEditor, type SubmitFromEditorOptions } from './submitFromEditor.js';

/** What is asked before a local run. */
export interface RunChoices {
  /** Which rows, on which objects, and whether twice; unless asked all rows run once, on the local buckets. */
  readonly asksHow: boolean;
}

/** Runs a job file, or a job for a manifest, on the local engine. Without a file it takes the open one, or asks. */
export async function runLocally(
  services: Services,
  jobs: Jobs,
  given: vscode.Uri | undefined,
  choices: RunChoices,
): Promise<JobReference | undefined> {
  const unavailable = services.engine.unavailability();
  if (unavailable !== undefined) throw unavailable;
  const file = given ?? activeRunnable() ?? (await chooseJobFile(vscode.l10n.t('Which job is to run on the local engine?')));
  if (file === undefined) return undefined;
  if (file.path.endsWith(jobFileSuffix)) return await runJobFile(services, jobs, file, choices);
  const choice = await chooseJobOf(file);
  if (choice === undefined) return undefined;
  return choice === 'new'
    ? await services.commands.execute(Command.jobCreate, file)
    : await runJobFile(services, jobs, choice, choices);
}

async function runJobFile(
  services: Services,
  jobs: Jobs,
  file: vscode.Uri,
  choices: RunChoices,
): Promise<JobReference | undefined> {
  await saveIfDirty(file);
  const job = await readJob(file);
  if (job === undefined) {
    offerProblems(vscode.l10n.t('The job file {0} has errors.', vscode.workspace.asRelativePath(file)), file);
    return undefined;
  }
  const rehearsal = choices.asksHow ? await askRehearsal(file, jobs.targets, services.commands) : undefined;
  await vscode.commands.executeCommand('s3batch.jobs.focus');
  const starting = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Starting the local engine…') };
  const client = await vscode.window.withProgress(starting, async () => await jobs.targets.client(localTargetId));
  const name = job.Description ?? vscode.workspace.asRelativePath(file);
  const chaosSeed = rehearsal?.chaosSeed;
  const fetch =
    rehearsal?.fetch === undefined
      ? undefined
      : fetchIntoStore(services, jobs.targets, { ...rehearsal.fetch, jobName: name }, chaosSeed === undefined ? 1 : 2);
  const run: SubmitFromEditorOptions = {
    services,
    client,
    // Whoever chose Run has confirmed.
    job: { ...(fetch?.mark(job) ?? job), ConfirmationRequired: false },
    manifest: manifestOf(file, job),
    jobFile: file,
    rows: rehearsal?.rows,
    fetch: fetch?.ahead,
  };
  let isRunning = false;
  try {
    if (chaosSeed !== undefined) return await runUnderChaos(run, jobs, chaosSeed);
    const reference = await submitFromEditor(run);
    isRunning = reference !== undefined;
    if (reference !== undefined) await jobs.follow(reference);
    return reference;
  } finally {
    // For a job that runs it goes on until that has ended.
    if (!isRunning) await fetch?.stop();
  }
}

async function readJob(file: vscode.Uri): Promise<JobFile | undefined> {
  const text = (await vscode.workspace.openTextDocument(file)).getText();
  return parseJobFile(text).job;
}

function activeRunnable(): vscode.Uri | undefined {
  const file = activeFile();
  return file !== undefined && (file.path.endsWith(jobFileSuffix) || /\.csv$/i.test(file.path)) ? file : undefined;
}

/** The job files that name a manifest, and a new job for it. */
async function chooseJobOf(manifest: vscode.Uri): Promise<vscode.Uri | 'new' | undefined> {
  const files = (await jobFilesOf(manifest)).map(({ file }) => file);
  if (files.length === 0) return 'new';
  const items: FileItem[] = [
    ...files.map(fileItem),
    { label: `$(add) ${vscode.l10n.t('New Job…')}`, description: vscode.l10n.t('for this manifest'), file: 'new' },
  ];
  const placeHolder = vscode.l10n.t('Which job is to run with this manifest?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.file;
}
