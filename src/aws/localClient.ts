import { Agent } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { STSClient } from '@aws-sdk/client-sts';
import type { EngineConnection, Target, TargetClient } from '../core/job/target.js';
import { sendToLoopback } from './loopback.js';
import { withoutVersionWarning } from './quietly.js';
import { SdkTargetClient } from './sdkTargetClient.js';

/** The engine answers from memory; what takes longer than this hangs. Uploads and downloads are not bounded. */
const answerTimeoutMs = 30_000;

/**
 * A client for the engine on this machine. It speaks to `http://localhost:PORT` with the account id before the host, signed, exactly as
 * it would speak to AWS; only where the connection goes is its own. Nothing is sent before the first call; `dispose` ends all
 * connections.
 */
export function createLocalClient(connection: EngineConnection, target: Target): TargetClient {
  const httpAgent = new Agent({ keepAlive: true });
  const shared = {
    region: connection.region,
    endpoint: `http://localhost:${connection.port}`,
    credentials: { accessKeyId: connection.accessKeyId, secretAccessKey: connection.secretAccessKey },
    maxAttempts: 3,
  };
  const bounded = { ...shared, requestHandler: { httpAgent, requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true } };
  const clients = withoutVersionWarning(() => ({
    control: new S3ControlClient(bounded),
    lambda: new LambdaClient(bounded),
    sts: new STSClient(bounded),
    s3: new S3Client({ ...shared, forcePathStyle: true, requestHandler: { httpAgent } }),
  }));
  for (const client of Object.values(clients)) sendToLoopback(client);
  return new SdkTargetClient(target, clients);
}
