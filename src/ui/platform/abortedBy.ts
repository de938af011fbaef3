import type { CancellationToken } from 'vscode';

/** The token as a signal, which is what is understood below the user interface. */
export function abortedBy(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
