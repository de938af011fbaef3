import {
  ObjectFetcher,
  type FetchResult,
  type FetchRowsOptions,
  type ObjectSink,
  type ObjectSource,
} from '../core/job/fetchObjects.js';
import { answerMisses, type MissChannel } from '../core/job/readThrough.js';
import type { EngineConnection } from '../core/job/target.js';
import { createMissChannel } from './missChannel.js';
import { createObjectSink } from './objectFetcher.js';

export interface JobFetchOptions {
  /** A UUID, that of `withReadThrough`. */
  readonly sessionId: string;
  /** The real buckets; disposed of at the end. */
  readonly source: ObjectSource;
  /** For all that is fetched. */
  readonly limitBytes: number;
}

/**
 * Fetches the objects of jobs on an engine from the real buckets: what rows name ahead, and what the jobs look for else when they do. To
 * be stopped by whoever made it, whatever happens.
 */
export class JobFetch {
  readonly #source: ObjectSource;
  readonly #sink: ObjectSink;
  readonly #channel: MissChannel;
  readonly #fetcher: ObjectFetcher;
  readonly #stopped = new AbortController();
  #answering: Promise<void> | undefined;

  constructor(connection: EngineConnection, { sessionId, source, limitBytes }: JobFetchOptions) {
    this.#source = source;
    this.#sink = createObjectSink(connection);
    this.#channel = createMissChannel(connection, sessionId);
    this.#fetcher = new ObjectFetcher({ source, sink: this.#sink, limitBytes });
  }

  /** All that was fetched until now. */
  get result(): FetchResult {
    return this.#fetcher.result;
  }

  /** Fetches what rows name, before the job that works on them is there. Rejects as `fetchRows` does. */
  async rows(options: FetchRowsOptions): Promise<FetchResult> {
    await this.#fetcher.fetchRows(options);
    return this.result;
  }

  /**
   * Begins to answer what jobs miss: to be called before the first of them is made. `ended` resolves, with all that was fetched, when so
   * many of them have come to their end, or after `stop`; rejects with why nothing is fetched any more, for which they were cancelled.
   */
  async answer(jobs: number, signal?: AbortSignal): Promise<{ readonly ended: Promise<FetchResult> }> {
    await this.#channel.open(signal);
    const answering = answerMisses(this.#channel, this.#fetcher, { jobs, signal: this.#stopped.signal });
    this.#answering = answering;
    const ended = answering.then(() => this.result);
    // Whoever waits for it hears of it; nobody may.
    ended.catch(() => undefined);
    return { ended };
  }

  /** Fetches nothing more; jobs that still look for something are cancelled. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#answering?.catch(() => undefined);
    this.#source.dispose();
    this.#sink.dispose();
    this.#channel.dispose();
  }
}
