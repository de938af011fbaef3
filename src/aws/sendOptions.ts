/** What `send` of an SDK client takes beside the command. */
export interface SendOptions {
  abortSignal?: AbortSignal;
}

export function sendOptions(signal: AbortSignal | undefined): SendOptions {
  return signal === undefined ? {} : { abortSignal: signal };
}
