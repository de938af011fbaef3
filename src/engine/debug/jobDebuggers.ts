import { debugTag } from '../../core/job/runTags.js';
import type { JobRecord } from '../control/jobRecord.js';
import { JobDebugger, type JobDebuggerOptions } from './jobDebugger.js';

/** Whether the job's handler runs under a debugger. What is done on the store itself has none. */
export function isDebugged({ tags, request }: Pick<JobRecord, 'tags' | 'request'>): boolean {
  return request.Operation.LambdaInvoke !== undefined && tags.some(({ Key }) => Key === debugTag);
}

/** The jobs of this engine that are being debugged. */
export class JobDebuggers {
  readonly #context: JobDebuggerOptions['context'];
  readonly #onGone: (jobId: string, reason: string) => void;
  readonly #open = new Map<string, JobDebugger>();

  /** `onGone`: the session of a job has ended, or none has come. */
  constructor(context: JobDebuggerOptions['context'], onGone: (jobId: string, reason: string) => void) {
    this.#context = context;
    this.#onGone = onGone;
  }

  /**
   * That of a job which is about to run. Undefined when the job has run in an engine before this one, whose end was that of the session
   * too. Rejects as `JobDebugger.open` does.
   */
  async of({ id: jobId, generation }: JobRecord, directory: string): Promise<JobDebugger | undefined> {
    const found = this.#open.get(jobId);
    if (found !== undefined || generation > 1) return found;
    const onGone = (reason: string): void => this.#onGone(jobId, reason);
    const opened = await JobDebugger.open({ jobId, directory, context: this.#context, onGone });
    this.#open.set(jobId, opened);
    return opened;
  }

  /** The job has ended. */
  async end(jobId: string, end: { readonly isSucceeded: boolean; readonly text: string }): Promise<void> {
    const found = this.#open.get(jobId);
    this.#open.delete(jobId);
    await found?.close(end);
  }

  /** The engine ends; the jobs stay as they are. */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map((item) => item.close()));
  }
}
