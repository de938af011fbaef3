import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { differingTerms, type EngineTerms } from '../../engine/sharing/engineTerms.js';
import { lockName } from '../../engine/sharing/lockFile.js';
import { type EngineHandle, openEngine, openRunning } from '../../engine/sharing/openEngine.js';
import { differenceText } from './differenceText.js';
import type { EngineProcess } from './engineController.js';
import { dataDirectoryOf, type LaunchPlan, planLaunch } from './launchPlan.js';
import { findWorkspaceFiles } from './findWorkspaceFiles.js';
import type { Settings } from './settings.js';

export interface StartEngineOptions {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  /** Gets every line that the engine writes to its log. */
  readonly onLog: (line: string) => void;
  /** Told when the engine that was joined is not what this window would have started; `what` says in what, in words. */
  readonly onDifference: (what: string) => void;
}

/** Joins the engine of the data folder of this window, or gathers what it needs and starts it. Loaded on first use. */
export async function startEngineProcess(options: StartEngineOptions, signal: AbortSignal): Promise<EngineProcess> {
  const plan = await gatherLaunchPlan(options);
  const { templates, functions, region, settings, seedDirectory, python, dataDirectory } = plan;
  // Functions may carry secrets in their environment: their names are enough.
  const shown = { ...plan, functions: functions.map((item) => item.name) };
  options.log.info(`Starting the local engine, or joining it: ${JSON.stringify(shown)}`);
  const handle = await openEngine({
    engineScript: vscode.Uri.joinPath(options.context.extensionUri, 'dist', 'engine.js').fsPath,
    dataDirectory,
    templates,
    functions,
    region,
    settings,
    ...(seedDirectory === undefined ? {} : { seedDirectory }),
    ...(python === undefined ? {} : { python }),
    signal,
    onLog: options.onLog,
  });
  return told(handle, plan, options);
}

/** Joins the engine of the data folder of this window; undefined when none is running. */
export async function joinEngineProcess(options: StartEngineOptions, signal: AbortSignal): Promise<EngineProcess | undefined> {
  const handle = await openRunning({ dataDirectory: windowDataDirectory(options), signal, onLog: options.onLog });
  return handle === undefined ? undefined : told(handle, await gatherLaunchPlan(options), options);
}

/** Calls back when an engine may have started in the data folder of this window. */
export function watchForEngine(options: StartEngineOptions, onStart: () => void): vscode.Disposable {
  const folder = vscode.Uri.file(windowDataDirectory(options));
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, lockName), false, true, true);
  return vscode.Disposable.from(watcher, watcher.onDidCreate(onStart));
}

/** Logs whose engine it is, and tells what is different about it. */
function told(handle: EngineHandle, plan: LaunchPlan, { context, log, onDifference }: StartEngineOptions): EngineHandle {
  const { joined, pid } = handle;
  if (joined === undefined) return handle;
  log.info(`Using the local engine that is running already (process ${pid}).`);
  const { version } = context.extension.packageJSON as { readonly version: string };
  const wanted: EngineTerms = { ...plan, version };
  const terms = differingTerms(joined, wanted);
  if (terms.length > 0) onDifference(differenceText(terms, joined, wanted, vscode.l10n));
  return handle;
}

/** What the engine of this window is started with, as the workspace and the settings say now. */
export async function gatherLaunchPlan(options: PlanOptions): Promise<LaunchPlan> {
  return planLaunch(await gatherInput(options));
}

type PlanOptions = Pick<StartEngineOptions, 'context' | 'log' | 'settings'>;

function windowDataDirectory(options: PlanOptions): string {
  return dataDirectoryOf(gatherFolders(options));
}

function gatherFolders({ context, settings }: PlanOptions): Parameters<typeof dataDirectoryOf>[0] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  return {
    folders: folders.map((folder) => folder.uri.fsPath),
    storageDirectory: (context.storageUri ?? context.globalStorageUri).fsPath,
    dataDirectory: settings.get('s3batch.local.dataDirectory'),
  };
}

async function gatherInput(options: PlanOptions): Promise<Parameters<typeof planLaunch>[0]> {
  const { settings, log } = options;
  const templates = settings.get('s3batch.local.templates');
  return {
    ...gatherFolders(options),
    templates,
    functions: settings.get('s3batch.local.functions'),
    foundTemplates: templates.length > 0 ? [] : await findTemplates(log),
    seedDirectory: settings.get('s3batch.local.seedDirectory'),
    region: settings.get('s3batch.local.region'),
    python: settings.get('s3batch.local.python'),
    engine: {
      ...settings.get('s3batch.local.emulated'),
      concurrency: settings.get('s3batch.local.concurrency'),
      memoryMb: settings.get('s3batch.local.memoryMb'),
      redrives: settings.get('s3batch.local.redrives'),
      redriveDelayMs: settings.get('s3batch.local.redriveDelayMs'),
    },
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  };
}

async function findTemplates(log: vscode.LogOutputChannel): Promise<string[]> {
  const isWanted = ({ path }: vscode.Uri): boolean => /\/template\.ya?ml$/.test(path);
  const found = await findWorkspaceFiles({ patterns: ['**/template.{yaml,yml}'], isWanted }, log);
  return found.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
}
