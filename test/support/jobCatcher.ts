import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJobRequestShape } from '../../src/core/job/requestShapes.js';
import { readShape } from '../../src/engine/control/shapeXml.js';
import { parseXml } from '../../src/engine/xml/parseXml.js';

/** A job as it came over the wire, in the form of a request; and what was uploaded before. */
export interface CaughtJob {
  readonly request: Record<string, unknown>;
  readonly accountId: string | undefined;
}

/**
 * Stands in for S3 Control and S3, as a proxy too (clients put the account or the bucket before the host's name): keeps every CreateJob,
 * for any operation, and every object that is put.
 */
export class JobCatcher {
  readonly jobs: CaughtJob[] = [];
  readonly objects: { readonly path: string; readonly body: string; readonly encryption: string | undefined }[] = [];
  readonly #server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { pathname } = new URL(request.url ?? '/', 'http://host');
      const id = `00000000-0000-4000-8000-${String(this.jobs.length).padStart(12, '0')}`;
      if (pathname.startsWith('/v20180820/jobs')) {
        const request_ = readShape(parseXml(body), createJobRequestShape) as Record<string, unknown>;
        this.jobs.push({ request: request_, accountId: request.headers['x-amz-account-id'] as string | undefined });
        response.end(`<CreateJobResult><JobId>${id}</JobId></CreateJobResult>`);
        return;
      }
      this.objects.push({
        path: `${String(request.headers.host)}${pathname}`,
        body,
        encryption: request.headers['x-amz-server-side-encryption'] as string | undefined,
      });
      response.setHeader('ETag', '"60e460c9d1046e73f7dde5043ac3ae85"');
      response.end();
    });
  });

  static async start(): Promise<JobCatcher> {
    const catcher = new JobCatcher();
    await new Promise<void>((resolve) => {
      catcher.#server.listen(0, '127.0.0.1', resolve);
    });
    return catcher;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The environment in which clients reach it, whatever host they would call. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      HTTP_PROXY: `http://127.0.0.1:${this.port}`,
      NO_PROXY: '',
      AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.local.test',
      AWS_ENDPOINT_URL_S3: 'http://s3.local.test',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
