import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { Command } from './commandTypes.js';
import { environmentLines } from './environmentLines.js';
import type { Services } from './services.js';

/** Commands about the engine itself and the log. */
export function registerEngineCommands({ commands, engine, log }: Services): void {
  commands.register(Command.logShow, () => log.show(true));
  commands.register(Command.engineStart, async () => {
    const options = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Starting the local engine…') };
    await vscode.window.withProgress(options, async () => await engine.start());
  });
  commands.register(Command.engineStop, async () => await engine.stop());
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
