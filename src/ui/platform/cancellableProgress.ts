import * as vscode from 'vscode';
import { abortedBy } from './abortedBy.js';

/** What an action that takes its time gets: when it is to stop, and by what it says how far it is. */
export interface ShownProgress {
  /** Aborts when somebody presses Cancel. */
  readonly signal: AbortSignal;
  /** The same, for what asks somebody in the meantime. */
  readonly token: vscode.CancellationToken;
  /** A few words behind the title. */
  say(message: string): void;
  /** Moves the bar to a share from 0 to 1. It never goes back: work whose files are read several times begins anew each time. */
  reach(share: number, message?: string): void;
}

/** Runs an action with a notification that shows how far it is and has a Cancel button. */
export async function withCancellableProgress<T>(title: string, run: (shown: ShownProgress) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return await vscode.window.withProgress(options, async (progress, token) => {
    let reachedPercent = 0;
    return await run({
      signal: abortedBy(token),
      token,
      say: (message) => progress.report({ message }),
      reach: (share, message) => {
        const percent = Math.min(100, share * 100);
        const increment = Math.max(0, percent - reachedPercent);
        progress.report({ increment, ...(message === undefined ? {} : { message }) });
        reachedPercent = Math.max(reachedPercent, percent);
      },
    });
  });
}
