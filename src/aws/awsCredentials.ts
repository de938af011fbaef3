import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { CredentialOptions, CredentialSource } from './sharedCredentials.js';

/**
 * The credentials that the AWS CLI would use. A file of its own: it is loaded when AWS is asked. A profile that is named is the only
 * place looked at: falling back to those of the machine would be another account. Files are read anew each time, because signing in
 * changes them while we run.
 */
export function credentialChain({ profile, askMfaCode }: CredentialOptions): CredentialSource {
  const shared = { ignoreCache: true, ...(askMfaCode === undefined ? {} : { mfaCodeProvider: askMfaCode }) };
  return profile === undefined ? fromNodeProviderChain(shared) : fromIni({ ...shared, profile });
}
