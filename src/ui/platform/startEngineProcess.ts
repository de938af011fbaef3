import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import type { EngineProcess } from './engineController.js';
import { type LaunchPlan, planLaunch } from './launchPlan.js';
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
  const plan = planLaunch(await gatherInput(options));
  await vscode.workspace.fs.createDirectory(vscode.Uri.file(plan.dataDirectory));
  options.log.info(`Starting the local engine: ${JSON.stringify(plan)}`);
  return await launch(plan, options, signal);
}

async function gatherInput({ context, settings }: StartEngineOptions): Promise<Parameters<typeof planLaunch>[0]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  const storage = context.storageUri ?? context.globalStorageUri;
  const templates = settings.get('s3batch.local.templates');
  return {
    folders: folders.map((folder) => folder.uri.fsPath),
    storageDirectory: storage.fsPath,
    templates,
    foundTemplates: templates.length > 0 ? [] : await findTemplates(),
    dataDirectory: settings.get('s3batch.local.dataDirectory'),
    seedDirectory: settings.get('s3batch.local.seedDirectory'),
    region: settings.get('s3batch.local.region'),
    pythonPath: settings.get('s3batch.local.python'),
    engine: {
      concurrency: settings.get('s3batch.local.concurrency'),
      redrives: settings.get('s3batch.local.redrives'),
      redriveDelayMs: settings.get('s3batch.local.redriveDelayMs'),
    },
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  };
}

async function findTemplates(): Promise<string[]> {
  const found = await vscode.workspace.findFiles('**/template.{yaml,yml}', '**/{node_modules,.aws-sam,dist,out}/**', 100);
  return found.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
}

async function launch(plan: LaunchPlan, { context, onLog }: StartEngineOptions, signal: AbortSignal): Promise<EngineProcess> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.js').fsPath;
  const args = [script, '--data', plan.dataDirectory, '--region', plan.region];
  for (const template of plan.templates) args.push('--template', template);
  if (plan.seedDirectory !== undefined) args.push('--seed', plan.seedDirectory);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  });
  createInterface({ input: child.stderr }).on('line', onLog);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, endSignal) => resolve(endSignal === null ? `exit code ${code}` : `signal ${endSignal}`));
  });
  const ready = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const first = await Promise.race([ready.then((line) => ({ line })), exited.then((how) => ({ how }))]);
  if (signal.aborted) throw cancelledError();
  if ('how' in first) {
    throw new BatchError('EngineStartFailed', `The local engine could not be started (${first.how}).`, {
      hint: 'The log says why.',
    });
  }
  return {
    connection: JSON.parse(first.line) as EngineConnection,
    exited,
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
