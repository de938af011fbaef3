import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { DebuggedJobs } from './debuggedJobs.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** The `type` of our debug configurations. */
const debugType = 's3batch';

/** Registers "Debug Handler on This Row", "Debug Job Locally" and the debug configuration type. What they do loads when it is asked for. */
export function registerDebug(services: Services, jobs: Jobs): void {
  const { commands, context, errors } = services;
  commands.register(Command.handlerDebugRow, async (given) => {
    const { debugRow } = await import('./debugRow.js');
    return await debugRow(services, given);
  });
  commands.register(Command.jobDebugLocally, async (given) => {
    const { debugJob } = await import('./debugJob.js');
    return await debugJob(services, given);
  });
  /** F5 without a launch.json: the job in front, else the row at the cursor. */
  const whatIsOpen = async (): Promise<vscode.DebugConfiguration> => {
    const { activeJobFile, jobConfiguration } = await import('./debugJob.js');
    const jobFile = activeJobFile();
    if (jobFile !== undefined) return jobConfiguration(jobFile);
    const { rowConfiguration } = await import('./debugRow.js');
    return (await rowConfiguration(services)).configuration;
  };
  let loading: Promise<DebuggedJobs> | undefined;
  const debuggedJobs = (): Promise<DebuggedJobs> =>
    (loading ??= import('./debuggedJobs.js').then(({ DebuggedJobs }) => {
      const loaded = new DebuggedJobs(services, jobs);
      context.subscriptions.push(loaded);
      return loaded;
    }));
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(debugType, {
      provideDebugConfigurations: async (folder) =>
        await errors.run('Suggest debug configurations', async () => {
          const { initialConfigurations } = await import('./initialConfigurations.js');
          return await initialConfigurations(folder);
        }),
      // Not the step after variables are replaced: VS Code asks the JavaScript debugger to complete a configuration in this one only.
      resolveDebugConfiguration: async (folder, configuration) =>
        // What is wrong has been shown; undefined ends the start without another message.
        await errors.run('Start debugging', async () => {
          const { resolveDebug } = await import('./resolveDebug.js');
          const isEmpty = (configuration.type as string | undefined) === undefined;
          const given = isEmpty ? await whatIsOpen() : configuration;
          return await resolveDebug({ services, jobs, debuggedJobs }, folder, given);
        }),
    }),
    // Of sessions that keep our type: those in Python.
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: async (session) => (await import('./resolvePython.js')).adapterOf(session),
    }),
  );
}
