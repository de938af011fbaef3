import type { CredentialOptions, Credentials, CredentialSource } from './credentialSource.js';

export interface SharedCredentials {
  /** For the `credentials` of any number of SDK clients. */
  readonly provide: CredentialSource;
  /** The next call looks for new ones. */
  forget(): void;
}

/** Temporary credentials are renewed this long before they end, as the SDK does it. */
const renewBeforeMs = 5 * 60_000;

/**
 * Credentials that several clients share, so that a process is started, a role assumed and a code asked for once and not once a client.
 * The code that finds them is loaded on first use. What failed is tried again by the next call.
 */
export function sharedCredentials(
  options: CredentialOptions,
  load: () => Promise<CredentialSource> = async () => (await import('./awsCredentials.js')).credentialChain(options),
  now: () => number = Date.now,
): SharedCredentials {
  let source: Promise<CredentialSource> | undefined;
  let current: Promise<Credentials> | undefined;
  const find: CredentialSource = async (about) => {
    source ??= load();
    return await (
      await source
    )(about);
  };
  const start = (about: Record<string, unknown> | undefined): Promise<Credentials> => {
    const found = find(about);
    current = found;
    found.catch(() => {
      if (current === found) current = undefined;
    });
    return found;
  };
  const provide: CredentialSource = async (about) => {
    const used = current ?? start(about);
    const found = await used;
    const isFresh = found.expiration === undefined || found.expiration.getTime() - now() > renewBeforeMs;
    if (isFresh) return found;
    // Some sources hand out what ends soon and have nothing better: what is found the second time is taken as it is.
    return await (current === undefined || current === used ? start(about) : current);
  };
  // The SDK's mark for a provider that keeps what it found: without it every client would keep a copy that `forget` can't reach.
  return { provide: Object.assign(provide, { memoized: true }), forget: () => (current = undefined) };
}
