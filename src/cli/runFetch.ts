import type { FetchProgress } from '../core/job/fetchObjects.js';
import type { FetchManifest } from '../core/job/submitJob.js';
import type { EngineConnection } from '../core/job/target.js';
import { usageError } from './commandLine.js';
import { parseSize } from './manifest/sizeFlag.js';
import type { RunDisplay } from './runDisplay.js';

/** Where the objects of a rehearsal come from. */
export interface FetchSource {
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly limitBytes: number;
}

const defaultLimitBytes = 1024 ** 3;

/** Undefined when nothing is to be fetched. Throws a usage error for options that need `--fetch`. */
export function parseFetchSource(values: {
  readonly fetch?: boolean;
  readonly 'fetch-limit'?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
}): FetchSource | undefined {
  const { profile, region, endpoint, 'fetch-limit': limit } = values;
  if (values.fetch !== true) {
    for (const name of ['fetch-limit', 'profile', 'region', 'endpoint'] as const) {
      if (values[name] !== undefined) throw usageError(`Option '--${name}' needs '--fetch'.`);
    }
    return undefined;
  }
  if (endpoint !== undefined && !/^https?:\/\//i.test(endpoint)) throw usageError("Option '--endpoint' takes a URL.");
  return {
    profile,
    region,
    endpoint,
    limitBytes: limit === undefined ? defaultLimitBytes : parseSize('--fetch-limit', limit),
  };
}

/** Copies the objects of the rows into the engine's store, and says how that goes and went. */
export async function fetchForRun(
  source: FetchSource,
  run: {
    readonly manifest: FetchManifest;
    readonly connection: EngineConnection;
    readonly display: RunDisplay;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { limitBytes, ...where } = source;
  const { manifest, connection, display, signal } = run;
  const { bytes, fields, copyPlace } = manifest;
  const aws = await import('../aws/main.js');
  const options = {
    manifest: bytes,
    name: 'the manifest',
    fields,
    copyPlace,
    limitBytes,
    signal,
    source: aws.createObjectSource(where),
  };
  const onProgress = (progress: FetchProgress): void => display.fetching(progress);
  display.fetched(await aws.fetchToEngine(connection, { ...options, onProgress }), where.endpoint ?? 'AWS');
}
