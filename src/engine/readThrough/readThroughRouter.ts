import type { EngineRequest, Router } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import type { ReadThrough } from './readThrough.js';

/** No bucket has such a name, so that a client of S3 can speak to it as to an object. */
const root = '/.s3batch/fetch/';
const maxBodyBytes = 1024 * 1024;

/** What whoever answers a session says. */
interface Said {
  readonly settled?: readonly number[];
}

/**
 * The private calls by which a window or a command answers the misses of jobs: PUT opens a session and settles misses, GET waits for the
 * next ones, DELETE ends it, for the reason in a header, if any. They are signed as all others.
 */
export function createReadThroughRouter(readThrough: ReadThrough): Router {
  return async (request) => {
    if (!request.rawPath.startsWith(root) || request.hostBucket !== undefined) return undefined;
    const sessionId = request.rawPath.slice(root.length);
    if (!/^[0-9a-f-]{36}$/.test(sessionId)) throw new ServiceError(400, 'InvalidArgument', 'That is no name of a session.');
    switch (request.method) {
      case 'PUT': {
        const { settled } = await said(request);
        if (settled === undefined) readThrough.open(sessionId);
        else readThrough.settle(sessionId, settled);
        return { status: 200 };
      }
      case 'GET': {
        const body = JSON.stringify(await readThrough.next(sessionId));
        return { status: 200, headers: { 'content-type': 'application/json' }, body };
      }
      case 'DELETE':
        readThrough.close(sessionId, reasonOf(request));
        return { status: 204 };
      default:
        throw new ServiceError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    }
  };
}

/** Encoded as a URL is, so that any text can be a header. */
function reasonOf({ headers }: EngineRequest): string | undefined {
  const encoded = headers['x-s3batch-reason'];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    throw new ServiceError(400, 'InvalidArgument', 'The reason is not URL-encoded UTF-8.');
  }
}

async function said(request: EngineRequest): Promise<Said> {
  const malformed = (): ServiceError => new ServiceError(400, 'InvalidArgument', 'The body is not what this call takes.');
  let value: unknown;
  try {
    value = JSON.parse(await request.text(maxBodyBytes));
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw malformed();
  }
  if (typeof value !== 'object' || value === null) throw malformed();
  const { settled } = value as { settled?: unknown };
  if (settled === undefined) return {};
  if (!Array.isArray(settled) || !settled.every((number) => Number.isSafeInteger(number))) throw malformed();
  return { settled: settled as readonly number[] };
}
