import * as vscode from 'vscode';
import { describeError } from './describeError.js';

/** The one place that shows errors. Everything that a person starts, and every listener that awaits, runs inside it. */
export class ErrorBoundary {
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** Runs to the end; a failure is reported and gives undefined. `what` names the action in the log. */
  async run<T>(what: string, action: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.report(what, error);
      return undefined;
    }
  }

  /** Logs and shows a failure; silent about a cancellation. Never waits for the notification to be closed. */
  report(what: string, error: unknown): void {
    const description = describeError(error);
    if (description === undefined) {
      this.#log.debug(`${what}: cancelled`);
      return;
    }
    this.#log.error(`${what}: ${description.detail}`);
    const text = description.isUnexpected ? vscode.l10n.t('Unexpected error: {0}', description.text) : description.text;
    const showLog: vscode.MessageItem = { title: vscode.l10n.t('Show Log') };
    void vscode.window.showErrorMessage(text, showLog).then((chosen) => {
      if (chosen === showLog) this.#log.show(true);
    });
  }

  /** Logs a failure that the person did not ask for and can't act on, such as one refresh of many. */
  logOnly(what: string, error: unknown): void {
    const description = describeError(error);
    if (description !== undefined) this.#log.warn(`${what}: ${description.detail}`);
  }
}
