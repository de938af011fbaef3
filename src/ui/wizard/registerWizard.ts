import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** Registers "Create Job…"; the wizard loads when it is first opened. */
export function registerWizard(services: Services, jobs: Jobs): void {
  services.commands.register(Command.jobCreate, async (manifest, filled) => {
    const { createJob } = await import('./createJob.js');
    return await createJob(services, jobs, manifest, filled);
  });
}
