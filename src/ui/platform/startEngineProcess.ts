import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { launchEngine } from '../../engine/launchEngine.js';
import type { EngineProcess } from './engineController.js';
import { type LaunchPlan, planLaunch } from './launchPlan.js';
import { findWorkspaceFiles } from './findWorkspaceFiles.js';
import type { Settings } from './settings.js';

export interface StartEngineOptions {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  /** Gets every line that the engine writes to its log. */
  readonly onLog: (line: string) => void;
}

/** Gathers what the engine of this window needs and starts it. Loaded on first use. */
export async function startEngineProcess(options: StartEngineOptions, signal: AbortSignal): Promise<EngineProcess> {
  const plan = await gatherLaunchPlan(options);
  // Functions may carry secrets in their environment: their names are enough.
  const shown = { ...plan, functions: plan.functions.map((item) => item.name) };
  options.log.info(`Starting the local engine: ${JSON.stringify(shown)}`);
  return await launchEngine({
    engineScript: vscode.Uri.joinPath(options.context.extensionUri, 'dist', 'engine.js').fsPath,
    dataDirectory: plan.dataDirectory,
    templates: plan.templates,
    functions: plan.functions,
    region: plan.region,
    settings: plan.engine,
    ...(plan.seedDirectory === undefined ? {} : { seedDirectory: plan.seedDirectory }),
    ...(plan.python === undefined ? {} : { python: plan.python }),
    signal,
    onLog: options.onLog,
  });
}

/** What the engine of this window is started with, as the workspace and the settings say now. */
export async function gatherLaunchPlan(options: Omit<StartEngineOptions, 'onLog'>): Promise<LaunchPlan> {
  return planLaunch(await gatherInput(options));
}

async function gatherInput({
  context,
  settings,
  log,
}: Omit<StartEngineOptions, 'onLog'>): Promise<Parameters<typeof planLaunch>[0]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  const storage = context.storageUri ?? context.globalStorageUri;
  const templates = settings.get('s3batch.local.templates');
  return {
    folders: folders.map((folder) => folder.uri.fsPath),
    storageDirectory: storage.fsPath,
    templates,
    functions: settings.get('s3batch.local.functions'),
    foundTemplates: templates.length > 0 ? [] : await findTemplates(log),
    dataDirectory: settings.get('s3batch.local.dataDirectory'),
    seedDirectory: settings.get('s3batch.local.seedDirectory'),
    region: settings.get('s3batch.local.region'),
    python: settings.get('s3batch.local.python'),
    engine: {
      concurrency: settings.get('s3batch.local.concurrency'),
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
