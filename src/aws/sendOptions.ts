import { setMaxListeners } from 'node:events';

/** What `send` of an SDK client takes beside the command. */
export interface SendOptions {
  abortSignal?: AbortSignal;
}

const maxListeners = 100;

export function sendOptions(signal: AbortSignal | undefined): SendOptions {
  if (signal === undefined) return {};
  // Calls side by side share one signal, and each listens to it until its connection is done: above ten Node would warn of a leak.
  setMaxListeners(maxListeners, signal);
  return { abortSignal: signal };
}
