import { randomUUID } from 'node:crypto';
import type { JobFetch } from '../aws/jobFetch.js';
import type { FetchProgress, FetchResult } from '../core/job/fetchObjects.js';
import { withReadThrough } from '../core/job/readThrough.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { JobStatus, ManifestField } from '../core/job/jobTypes.js';
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

/** Fetches the objects of a run into its engine: those of the rows before it, and what else it looks for while it runs. */
export class RunFetch {
  readonly #source: FetchSource;
  readonly #display: RunDisplay;
  readonly #sessionId = randomUUID();
  #fetch: JobFetch | undefined;
  /** What was said to be fetched. */
  #told: FetchResult | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: FetchSource, display: RunDisplay) {
    this.#source = source;
    this.#display = display;
  }

  /** The job, so that what it misses is asked for here. */
  mark(job: JobFile): JobFile {
    return withReadThrough(job, this.#sessionId);
  }

  /** Fetches what rows name, says how that goes and went, and is there for what so many jobs miss from then on. */
  async begin(run: {
    readonly manifest: Uint8Array;
    readonly fields: readonly ManifestField[] | undefined;
    readonly connection: EngineConnection;
    readonly jobs: number;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { limitBytes, ...where } = this.#source;
    const { manifest, fields, connection, signal } = run;
    const aws = await import('../aws/main.js');
    const source = aws.createObjectSource(where);
    this.#fetch = new aws.JobFetch(connection, { sessionId: this.#sessionId, source, limitBytes });
    const onProgress = (progress: FetchProgress): void => this.#display.fetching(progress);
    this.#told = await this.#fetch.rows({ manifest, name: 'the manifest', fields, signal, onProgress });
    this.#display.fetched(this.#told, where.endpoint ?? 'AWS');
    const { ended } = await this.#fetch.answer(run.jobs, signal);
    ended.catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  /**
   * Says what was fetched since the last time, now that a job has ended as `status` says. Throws what ended the fetching, for which that
   * was cancelled.
   */
  async tell(status: JobStatus): Promise<void> {
    if (this.#fetch === undefined || this.#told === undefined) return;
    // What ended the fetching is the better reason; no other job is to come.
    if (status !== 'Complete') await this.stop();
    if (this.#failure !== undefined) throw this.#failure.error;
    const now = this.#fetch.result;
    this.#display.fetchedLater(this.#told, now);
    this.#told = now;
  }

  async stop(): Promise<void> {
    await this.#fetch?.stop();
  }
}
