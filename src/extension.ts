import * as vscode from 'vscode';
import { systemClock } from './base/clock.js';
import { registerChanges } from './ui/changes/registerChanges.js';
import { registerDebug } from './ui/debug/registerDebug.js';
import { registerExplorer } from './ui/explorer/registerExplorer.js';
import { Commands } from './ui/platform/commands.js';
import { ContextKeys } from './ui/platform/contextKeys.js';
import { registerEngineCommands } from './ui/platform/engineCommands.js';
import { EngineService } from './ui/platform/engineService.js';
import { ErrorBoundary } from './ui/platform/errorBoundary.js';
import { JobActivity } from './ui/platform/jobActivity.js';
import { lazyCards } from './ui/platform/lazyCards.js';
import type { Services } from './ui/platform/services.js';
import { Settings } from './ui/platform/settings.js';
import { registerJobPage } from './ui/jobPage/registerJobPage.js';
import { registerLedger } from './ui/ledger/registerLedger.js';
import { registerJobFile } from './ui/jobFile/registerJobFile.js';
import { registerLint } from './ui/lint/registerLint.js';
import { registerMaking } from './ui/making/registerMaking.js';
import { registerPolicy } from './ui/policy/registerPolicy.js';
import { registerReport } from './ui/report/registerReport.js';
import { registerRun } from './ui/run/registerRun.js';
import { registerScaffold } from './ui/scaffold/registerScaffold.js';
import { registerJobStatusItem } from './ui/status/jobStatusItem.js';
import { registerWizard } from './ui/wizard/registerWizard.js';

let engine: EngineService | undefined;

/** Registers everything synchronously; nothing is read, started or asked for before someone uses it. */
export function activate(context: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  const services = createServices(context);
  engine = services.engine;

  registerEngineCommands(services);
  registerLint(services);
  registerScaffold(services);
  registerJobStatusItem(services);
  const jobs = registerExplorer(services);
  registerJobPage(services, jobs);
  registerLedger(services, jobs);
  registerReport(services, jobs);
  registerChanges(services, jobs);
  registerMaking(services, jobs);
  registerJobFile(services, jobs);
  registerRun(services, jobs);
  registerDebug(services, jobs);
  registerWizard(services, jobs);
  registerPolicy(services);

  services.log.debug(`Activated in ${(performance.now() - startedAt).toFixed(1)} ms`);
}

export async function deactivate(): Promise<void> {
  await engine?.release();
}

function createServices(context: vscode.ExtensionContext): Services {
  const log = vscode.window.createOutputChannel('S3 Batch', { log: true });
  const errors = new ErrorBoundary(log);
  const commands = new Commands(context.subscriptions, errors);
  const settings = new Settings(log);
  const contextKeys = new ContextKeys();
  const jobActivity = new JobActivity();
  const clock = systemClock;
  const engine = new EngineService({ context, log, settings, contextKeys, jobActivity, clock });
  context.subscriptions.push(log, jobActivity, engine);
  return { context, log, errors, commands, settings, contextKeys, engine, jobActivity, clock, cards: lazyCards(context) };
}
