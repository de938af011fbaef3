import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { STSClient } from '@aws-sdk/client-sts';
import type { Target, TargetClient } from '../core/job/target.js';
import { isBelowLocalhost, sendToLoopback } from './loopback.js';
import { withoutVersionWarning } from './quietly.js';
import { SdkTargetClient } from './sdkTargetClient.js';
import { sharedCredentials } from './sharedCredentials.js';

const connectTimeoutMs = 10_000;
/** Calls that list or change something answer within seconds. Uploads and downloads are not bounded. */
const answerTimeoutMs = 60_000;

export interface AwsTargetOptions {
  /** Asks a person for an MFA code, see `CredentialOptions`. */
  readonly askMfaCode?: (serial: string, wasRefused: boolean) => Promise<string>;
}

/**
 * A client for a profile and a Region. Nothing is read or sent before the first call. Endpoints come from the profile and the
 * environment (`endpoint_url`, `AWS_ENDPOINT_URL`, FIPS and dual-stack switches) as for the AWS CLI. `dispose` ends all connections.
 */
export function createAwsTarget(target: Target, options: AwsTargetOptions = {}): TargetClient {
  const { profile, region } = target;
  const credentials = sharedCredentials({ profile, askMfaCode: options.askMfaCode });
  const agents = { httpAgent: new Agent({ keepAlive: true }), httpsAgent: new SecureAgent({ keepAlive: true, maxSockets: 50 }) };
  const unbounded = { ...agents, connectionTimeout: connectTimeoutMs };
  const bounded = { ...unbounded, requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true };
  const shared = {
    region,
    ...(profile === undefined ? {} : { profile }),
    credentials: credentials.provide,
    // Throttling is backed off from by whoever polls.
    maxAttempts: 3,
    requestHandler: bounded,
  };
  const clients = withoutVersionWarning(() => ({
    control: new S3ControlClient(shared),
    lambda: new LambdaClient(shared),
    sts: new STSClient(shared),
    iam: new IAMClient(shared),
    kms: new KMSClient(shared),
    // Manifests and reports may be in another Region than the job.
    s3: new S3Client({ ...shared, requestHandler: unbounded, followRegionRedirects: true }),
  }));
  for (const client of Object.values(clients)) sendToLoopback(client, isBelowLocalhost);
  return new SdkTargetClient(target, clients, () => credentials.forget());
}
