import { type Disposable, DisposableStore } from '../../base/disposable.js';
import { ledgerEntry } from '../../core/ledger/ledger.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { Target } from '../../core/job/target.js';
import type { JobStore } from '../explorer/jobStore.js';
import type { LedgerFile } from './ledgerFile.js';

interface LedgerKeeping {
  readonly now: () => number;
  /** What a job costs, in US dollars; undefined when that is not known. */
  readonly costOf: (target: Target, job: JobDescriptor) => number | undefined;
  /** Hears of a ledger that can't be written; the jobs go on without it. */
  readonly onError: (error: unknown) => void;
}

/** Writes down every job that the store sees, and all of those that were followed once they have ended. */
export function keepLedger(store: JobStore, ledger: LedgerFile, { now, costOf, onError }: LedgerKeeping): Disposable {
  const disposables = new DisposableStore();
  disposables.add(
    store.onDidChange(({ targetId, isListChanged, changed }) => {
      const state = store.state(targetId);
      if (state?.list === undefined) return;
      const jobs = isListChanged ? state.list.jobs : state.list.jobs.filter((job) => changed.has(job.JobId));
      ledger.note(jobs.map((job) => ledgerEntry(state.target, job, now()))).catch(onError);
    }),
  );
  disposables.add(
    store.onDidDescribe(({ targetId, jobId, descriptor, tags }) => {
      const target = store.state(targetId)?.target;
      const job = store.job({ targetId, jobId });
      if (target === undefined || job === undefined) return;
      const costEstimate = costOf(target, descriptor);
      const entry = {
        ...ledgerEntry(target, job, now()),
        descriptor,
        ...(tags === undefined ? {} : { tags }),
        ...(costEstimate === undefined ? {} : { costEstimate }),
      };
      ledger.note([entry]).catch(onError);
    }),
  );
  disposables.add(store.onDidEnd(({ targetId, jobId }) => void store.details({ targetId, jobId }).catch(onError)));
  return disposables;
}
