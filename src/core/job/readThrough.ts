import { CommonEnd } from '../../base/async.js';
import { errorMessage, isCancelled } from '../../base/errors.js';
import { type FetchAddress, type ObjectFetcher } from './fetchObjects.js';
import type { JobFile } from './jobFile.js';
import { readThroughTag, withRunTag } from './runTags.js';

/**
 * Reads that fall through: what a job on the local engine looks for and the local buckets don't have is fetched from the real ones, once,
 * when it is first asked for. The engine has no credentials, so it asks who has: a window, or a command.
 */

/** A job whose reads fall through to whoever answers this session. */
export function withReadThrough(job: JobFile, sessionId: string): JobFile {
  return { ...job, Tags: withRunTag(job.Tags, readThroughTag, sessionId) };
}

/** Something that a job looks for and that is not in the local store; without a key the bucket itself. */
export interface MissedObject {
  /** Names it in the answer. */
  readonly number: number;
  readonly bucket: string;
  readonly key?: string;
  /** Undefined: the current version. */
  readonly versionId?: string;
}

export interface Missed {
  readonly missed: readonly MissedObject[];
  /** Jobs of the session that have come to their end. */
  readonly endedJobs: number;
}

/** A session with an engine. */
export interface MissChannel {
  open(signal?: AbortSignal): Promise<void>;
  /** Resolves when something is missed, when a job ends, or after some seconds with nothing. */
  next(signal?: AbortSignal): Promise<Missed>;
  /** These have been looked for: what was found is in the store. */
  settle(numbers: readonly number[], signal?: AbortSignal): Promise<void>;
  /** Ends the session; jobs that still run are cancelled for the reason given. */
  close(reason?: string): Promise<void>;
  dispose(): void;
}

/**
 * Answers the misses of a session until so many of its jobs have ended, or the signal aborts. What can't be fetched for a reason that is
 * not of one object, such as the limit of bytes, ends the session, which cancels the job, and rejects.
 */
export async function answerMisses(
  channel: MissChannel,
  fetcher: Pick<ObjectFetcher, 'fetchMissed'>,
  options: { readonly jobs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const end = new CommonEnd(options.signal);
  const { signal } = end;
  const answer = async (miss: MissedObject): Promise<void> => {
    await fetcher.fetchMissed(miss.key === undefined ? { bucket: miss.bucket } : addressOf(miss, miss.key), signal);
    await channel.settle([miss.number], signal);
  };
  try {
    for (let isOver = false; !isOver && !signal.aborted;) {
      const { missed, endedJobs } = await channel.next(signal);
      for (const miss of missed) answer(miss).catch(end.fail);
      isOver = endedJobs >= options.jobs;
    }
  } catch (error) {
    if (!signal.aborted) end.fail(error);
  } finally {
    end.dispose();
  }
  const { failure } = end;
  // A session that the engine has lost is closed already.
  await channel.close(failure === undefined ? undefined : errorMessage(failure.error)).catch(() => undefined);
  if (failure !== undefined && !isCancelled(failure.error)) throw failure.error;
}

function addressOf({ bucket, versionId }: MissedObject, key: string): FetchAddress {
  return { bucket, key, versionId };
}
