import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** Registers the history of jobs; the work loads when it is asked for. */
export function registerLedger({ commands, context, errors }: Services, jobs: Jobs): void {
  commands.register(Command.ledgerSearch, async () => {
    const { searchLedger } = await import('./ledgerCommands.js');
    const { ledger } = await jobs.explorer();
    const hasTarget = (targetId: string): boolean => jobs.targets.targets.some(({ id }) => id === targetId);
    await searchLedger({ ledger, commands, hasTarget });
  });
  commands.register(Command.ledgerExport, async () => {
    const { exportLedger } = await import('./ledgerCommands.js');
    await exportLedger((await jobs.explorer()).ledger);
  });
  commands.register(Command.ledgerDelete, async () => {
    const { deleteLedger } = await import('./ledgerCommands.js');
    await deleteLedger((await jobs.explorer()).ledger);
  });
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('s3batch-history', {
      provideTextDocumentContent: async (uri) =>
        await errors.run('Show what is kept of a job', async () => {
          const { ledgerText } = await import('./ledgerCommands.js');
          return await ledgerText((await jobs.explorer()).ledger, uri);
        }),
    }),
  );
}
