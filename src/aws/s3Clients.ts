import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { EngineConnection } from '../core/job/target.js';
import { isBelowLocalhost, sendToLoopback } from './loopback.js';
import { withoutVersionWarning } from './quietly.js';
import { sharedCredentials } from './sharedCredentials.js';

export interface AwsSource {
  /** Of the AWS configuration files; left out, what the environment says. */
  readonly profile?: string | undefined;
  /** Left out, that of the profile or the environment. */
  readonly region?: string | undefined;
  /** URL of something that speaks S3 but is not AWS; asked path style. */
  readonly endpoint?: string | undefined;
  /** Asks a person for an MFA code, see `CredentialOptions`. */
  readonly askMfaCode?: ((serial: string, wasRefused: boolean) => Promise<string>) | undefined;
}

/** The buckets of an engine on this machine. Nothing is sent before the first call. */
export function localS3Client(connection: EngineConnection, options: Pick<S3ClientConfig, 'maxAttempts' | 'logger'>): S3Client {
  const { port, region, accessKeyId, secretAccessKey } = connection;
  return withoutVersionWarning(
    () =>
      new S3Client({
        ...options,
        region,
        endpoint: `http://127.0.0.1:${port}`,
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
      }),
  );
}

/**
 * The buckets of AWS, in whatever Region they are, with the credentials of the default chain: environment, profile (SSO and assumed
 * roles too), container, instance. The code for them is loaded when they are first needed.
 */
export function awsS3Client({ profile, region, endpoint, askMfaCode }: AwsSource, maxAttempts: number): S3Client {
  const client = withoutVersionWarning(
    () =>
      new S3Client({
        ...(profile === undefined ? {} : { profile }),
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint, forcePathStyle: true }),
        credentials: sharedCredentials({ profile, askMfaCode }).provide,
        maxAttempts,
      }),
  );
  // As for targets: an endpoint of the environment may be on this machine, where a bucket is a name below localhost.
  sendToLoopback(client, isBelowLocalhost);
  return client;
}
