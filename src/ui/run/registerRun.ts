import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { activeFile } from '../platform/activeFile.js';
import { jobFiles } from '../jobFile/jobFiles.js';
import { fetchedScheme } from './fetchedScheme.js';
import { UnfinishedChaos } from './unfinishedChaos.js';
import type { JobFileProblems } from '../jobFile/jobFileProblems.js';

const offerAfterMs = 3000;

/** Registers what can be done with job files: their lenses, "Run Locally" and "Check". The work loads when it is asked for. */
export function registerRun(services: Services, jobs: Jobs): void {
  const { commands, context, errors } = services;
  let loading: Promise<JobFileProblems> | undefined;
  const problems = (): Promise<JobFileProblems> => {
    loading ??= import('../jobFile/jobFileProblems.js').then(({ JobFileProblems }) => {
      const loaded = new JobFileProblems(errors);
      context.subscriptions.push(loaded);
      return loaded;
    });
    return loading;
  };

  commands.register(Command.jobRunLocally, async (file) => {
    const { runLocally } = await import('./runLocally.js');
    return await runLocally(services, jobs, file, { asksHow: false });
  });
  commands.register(Command.jobRehearse, async (file) => {
    const { runLocally } = await import('./runLocally.js');
    return await runLocally(services, jobs, file, { asksHow: true });
  });
  commands.register(Command.jobCheck, async (given) => {
    const file = given ?? activeFile();
    if (file === undefined) throw new BatchError('NoJobFile', vscode.l10n.t('Open the job file first.'));
    const document = await vscode.workspace.openTextDocument(file);
    const { errors: errorCount, warnings } = (await problems()).check(document);
    if (errorCount + warnings === 0) {
      vscode.window.setStatusBarMessage(vscode.l10n.t('No problems in {0}.', vscode.workspace.asRelativePath(file)), 4000);
      return;
    }
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  });

  // What a reload has cut short is told. Not while VS Code is still starting.
  if (new UnfinishedChaos(context.workspaceState).all.length > 0 && services.engine.unavailability() === undefined) {
    const offer = async (): Promise<void> => {
      const { offerUnfinishedChaos } = await import('./runUnderChaos.js');
      await offerUnfinishedChaos(services, jobs);
    };
    context.subscriptions.push(services.clock.schedule(offerAfterMs, () => void errors.run('Go on under chaos', offer)));
  }

  let tasks: Promise<vscode.TaskProvider> | undefined;
  const loadTasks = (): Promise<vscode.TaskProvider> =>
    (tasks ??= import('./jobTasks.js').then(({ JobTasks }) => new JobTasks(context.extensionUri)));
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider('s3batch', {
      provideTasks: async (token) => await (await loadTasks()).provideTasks(token),
      resolveTask: async (task, token) => await (await loadTasks()).resolveTask(task, token),
    }),
  );

  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(fetchedScheme, {
      provideTextDocumentContent: async (uri) => (await import('./fetchIntoStore.js')).fetchedText(uri),
    }),
    vscode.languages.registerCodeLensProvider(jobFiles, {
      provideCodeLenses: ({ uri }) => {
        const top = new vscode.Range(0, 0, 0, 0);
        return [
          new vscode.CodeLens(top, commandLink(Command.jobCheck, `$(checklist) ${vscode.l10n.t('Check')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobRunLocally, `$(play) ${vscode.l10n.t('Run Locally')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobRehearse, vscode.l10n.t('Run on a Sample…'), uri)),
          new vscode.CodeLens(top, commandLink(Command.jobDebugLocally, `$(debug-alt) ${vscode.l10n.t('Debug Locally')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobSubmit, `$(cloud-upload) ${vscode.l10n.t('Submit…')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobCost, `$(credit-card) ${vscode.l10n.t('Cost')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobPolicy, `$(shield) ${vscode.l10n.t('Policy…')}`, uri)),
          new vscode.CodeLens(top, commandLink(Command.jobExport, `$(export) ${vscode.l10n.t('Export…')}`, uri)),
        ];
      },
    }),
  );

  const look = (documents: readonly vscode.TextDocument[]): void => {
    if (!documents.some((document) => vscode.languages.match(jobFiles, document) > 0)) return;
    waiting.dispose();
    void errors.run('Check job files', problems);
  };
  const waiting = vscode.workspace.onDidOpenTextDocument((document) => look([document]));
  context.subscriptions.push(waiting);
  look(vscode.workspace.textDocuments);
}
