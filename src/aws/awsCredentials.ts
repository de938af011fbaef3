import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { CredentialOptions, CredentialSource } from './credentialSource.js';

/**
 * The credentials that the AWS CLI would use. A file of its own: it is loaded when AWS is asked. A profile that is named is the only
 * place looked at: falling back to those of the machine would be another account. Files are read anew each time, because signing in
 * changes them while we run.
 */
export function credentialChain({ profile, askMfaCode }: CredentialOptions): CredentialSource {
  if (askMfaCode === undefined) return chain(profile, {});
  return async (about) => {
    for (let wasRefused = false; ; wasRefused = true) {
      try {
        return await chain(profile, { mfaCodeProvider: (serial) => askMfaCode(serial, wasRefused) })(about);
      } catch (error) {
        if (!isRefusedCode(error)) throw error;
      }
    }
  };
}

function chain(profile: string | undefined, mfa: { mfaCodeProvider?: (serial: string) => Promise<string> }): CredentialSource {
  const shared = { ignoreCache: true, ...mfa };
  return profile === undefined ? fromNodeProviderChain(shared) : fromIni({ ...shared, profile });
}

/** The only words with which STS refuses a code (AWS re:Post, "MFA errors with the AWS CLI"); a device that isn't there it refuses with others. */
function isRefusedCode(error: unknown): boolean {
  return error instanceof Error && /invalid MFA one time pass code/i.test(error.message);
}
