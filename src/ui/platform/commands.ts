import * as vscode from 'vscode';
import type { CommandId, CommandTypes } from './commandTypes.js';
import type { ErrorBoundary } from './errorBoundary.js';

type Args<K extends CommandId> = CommandTypes[K]['args'];
type Result<K extends CommandId> = CommandTypes[K]['result'];

/** The only way to register or run a command of ours: typed, and every handler runs inside the error boundary. */
export class Commands {
  readonly #subscriptions: { push(item: vscode.Disposable): unknown };
  readonly #errors: ErrorBoundary;

  constructor(subscriptions: { push(item: vscode.Disposable): unknown }, errors: ErrorBoundary) {
    this.#subscriptions = subscriptions;
    this.#errors = errors;
  }

  /** A handler that fails is reported to the person and logged; whoever executed the command gets undefined. */
  register<K extends CommandId>(id: K, handler: (...args: Args<K>) => Result<K> | Promise<Result<K>>): void {
    const run = (...args: unknown[]): Promise<Result<K> | undefined> =>
      this.#errors.run(id, async () => await handler(...(args as Args<K>)));
    this.#subscriptions.push(vscode.commands.registerCommand(id, run));
  }

  /** Resolves with undefined when the command failed or was cancelled. */
  async execute<K extends CommandId>(id: K, ...args: Args<K>): Promise<Result<K> | undefined> {
    return await vscode.commands.executeCommand<Result<K> | undefined>(id, ...args);
  }
}

/** A command as tree items, code lenses and status items carry it. */
export function commandLink<K extends CommandId>(id: K, title: string, ...args: Args<K>): vscode.Command {
  return { command: id, title, arguments: args };
}
