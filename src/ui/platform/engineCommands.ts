import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { Command } from './commandTypes.js';
import { environmentLines } from './environmentLines.js';
import type { Services } from './services.js';

/** Commands about the engine itself and the log. */
export function registerEngineCommands({ commands, engine, log }: Services): void {
  commands.register(Command.logShow, () => log.show(true));
  const starting = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Starting the local engine…') };
  commands.register(Command.engineStart, async () => {
    await vscode.window.withProgress(starting, async () => await engine.start());
  });
  commands.register(Command.engineStop, async () => {
    const question = vscode.l10n.t('Stop the local engine for all windows?');
    const detail = vscode.l10n.t('Jobs pause where they are, and go on when a window starts the engine again.');
    if (await mayEnd(engine.users, question, detail, vscode.l10n.t('Stop'))) await engine.stop();
  });
  commands.register(Command.engineRestart, async () => {
    const question = vscode.l10n.t('Restart the local engine for all windows?');
    const detail = vscode.l10n.t(
      'It starts with the settings and templates of this window. Jobs go on where they are; rows in flight may run again.',
    );
    if (!(await mayEnd(engine.users, question, detail, vscode.l10n.t('Restart')))) return;
    await vscode.window.withProgress(starting, async () => await engine.restart());
  });
  commands.register(Command.engineRevealData, async () => {
    const { dataDirectory } = await engine.start();
    const buckets = vscode.Uri.joinPath(vscode.Uri.file(dataDirectory), 'buckets');
    await vscode.commands.executeCommand('revealFileInOS', buckets);
  });
  commands.register(Command.engineCopyEnvironment, async () => {
    if (engine.connection === undefined) {
      throw new BatchError('EngineNotRunning', vscode.l10n.t('The local engine is not running.'), {
        hint: vscode.l10n.t('Start it first: its endpoint and keys are new at each start.'),
      });
    }
    await vscode.env.clipboard.writeText(
      environmentLines(engine.connection, process.platform === 'win32' ? 'powershell' : 'posix'),
    );
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the environment of the local engine.'), 3000);
  });
}

/** Asks only when other windows use the engine, too. */
async function mayEnd(users: number, question: string, detail: string, answer: string): Promise<boolean> {
  if (users <= 1) return true;
  const others =
    users === 2
      ? vscode.l10n.t('Another window uses it, or a command in a terminal.')
      : vscode.l10n.t('{0} other windows or commands use it.', users - 1);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: `${others} ${detail}` }, answer)) === answer;
}
