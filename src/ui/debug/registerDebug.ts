import * as vscode from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** The `type` of our debug configurations. */
const debugType = 's3batch';

/** Registers "Debug Handler on This Row" and the debug configuration type. What they do loads when it is asked for. */
export function registerDebug(services: Services, jobs: Jobs): void {
  const { commands, context, errors } = services;
  commands.register(Command.handlerDebugRow, async (given) => {
    const { debugRow } = await import('./debugRow.js');
    return await debugRow(services, given);
  });
  const rowAtCursor = async (): Promise<vscode.DebugConfiguration> => {
    const { rowConfiguration } = await import('./debugRow.js');
    return (await rowConfiguration(services)).configuration;
  };
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
          // F5 in a manifest, without a launch.json.
          const isEmpty = (configuration.type as string | undefined) === undefined;
          const given = isEmpty ? await rowAtCursor() : configuration;
          return await resolveDebug(services, jobs, folder, given);
        }),
    }),
    // Of sessions that keep our type: those in Python.
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: async (session) => (await import('./resolvePython.js')).adapterOf(session),
    }),
  );
}
