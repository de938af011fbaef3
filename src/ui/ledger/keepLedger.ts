import { type Disposable, DisposableStore } from '../../base/disposable.js';
import { ledgerEntry } from '../../core/ledger/ledger.js';
import type { JobStore } from '../explorer/jobStore.js';
import type { LedgerFile } from './ledgerFile.js';

/** Writes down every job that the store sees. `onError` hears of a ledger that can't be written; the jobs go on without it. */
export function keepLedger(
  store: JobStore,
  ledger: LedgerFile,
  now: () => number,
  onError: (error: unknown) => void,
): Disposable {
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
      ledger.note([{ ...ledgerEntry(target, job, now()), descriptor, ...(tags === undefined ? {} : { tags }) }]).catch(onError);
    }),
  );
  return disposables;
}
