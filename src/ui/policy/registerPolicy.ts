import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** Registers what can be said of a job file without running it: its policies, its role, its cost. The work loads when it is asked for. */
export function registerPolicy(services: Services): void {
  const { commands, cards } = services;
  commands.register(Command.jobPolicy, async (file, choice) => {
    const { openPolicy } = await import('./openPolicy.js');
    await openPolicy(services, file, choice);
  });
  commands.register(Command.jobCompareRole, async (file, policies) => {
    const { compareWithRole } = await import('./compareWithRole.js');
    return await compareWithRole(services, await cards(), file, policies);
  });
  commands.register(Command.jobCost, async (file) => {
    const { showCost } = await import('../cost/showCost.js');
    return await showCost(services, await cards(), file);
  });
}
