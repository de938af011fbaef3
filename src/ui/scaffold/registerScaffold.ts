import * as vscode from 'vscode';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** The command is there at once; what it does is loaded when it runs. */
export function registerScaffold({ commands }: Services): void {
  commands.register(Command.handlerNew, async (folder) => {
    const { newHandler } = await import('./newHandler.js');
    // The New File menu passes something of its own.
    return await newHandler(folder instanceof vscode.Uri ? folder : undefined);
  });
}
