import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** Registers the history of jobs; the work loads when it is asked for. */
export function registerLedger({ commands }: Services, jobs: Jobs): void {
  commands.register(Command.ledgerSearch, async () => {
    const { searchLedger } = await import('./ledgerCommands.js');
    await searchLedger((await jobs.explorer()).ledger);
  });
  commands.register(Command.ledgerExport, async () => {
    const { exportLedger } = await import('./ledgerCommands.js');
    await exportLedger((await jobs.explorer()).ledger);
  });
  commands.register(Command.ledgerDelete, async () => {
    const { deleteLedger } = await import('./ledgerCommands.js');
    await deleteLedger((await jobs.explorer()).ledger);
  });
}
