import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { S3ControlClient } from '@aws-sdk/client-s3-control';

/** A request as the SDK hands it to the transport. */
export interface SentRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface CapturingClient {
  readonly client: S3ControlClient;
  /** What was sent last. */
  sent(): SentRequest;
}

/** The SDK's own client, whose requests go nowhere and which is given this answer: nothing goes over a socket. */
export function capturingControlClient(answer: string | Uint8Array, status = 200): CapturingClient {
  let sent: SentRequest | undefined;
  return {
    client: new S3ControlClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
      maxAttempts: 1,
      requestHandler: {
        handle: (request: SentRequest) => {
          sent = request;
          const body = Readable.from([Buffer.from(answer)]);
          return Promise.resolve({ response: { statusCode: status, headers: { 'content-type': 'application/xml' }, body } });
        },
      } as never,
    }),
    sent: () => {
      assert.ok(sent !== undefined, 'Nothing was sent.');
      return sent;
    },
  };
}
