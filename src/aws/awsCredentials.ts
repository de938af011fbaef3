import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

/** The credentials that the AWS CLI would use, of a profile if one is named. A file of its own: it is loaded when AWS is asked. */
export function credentialChain(profile: string | undefined): ReturnType<typeof fromNodeProviderChain> {
  return fromNodeProviderChain(profile === undefined ? {} : { profile });
}
