import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { JobFetch } from '../../aws/jobFetch.js';
import type { FetchResult } from '../../core/job/fetchObjects.js';
import type { JobFile } from '../../core/job/jobFile.js';
import { withReadThrough } from '../../core/job/readThrough.js';
import { fetchedLaterLines, fetchLines, fetchProgressText, fetchText } from '../../core/view/fetchText.js';
import type { Formats } from '../../core/view/formats.js';
import { targetText } from '../../core/view/targetText.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { documentName } from '../platform/documentName.js';
import type { Services } from '../platform/services.js';
import { fetchedScheme } from './fetchedScheme.js';
import type { FetchIntoStore } from './submitFromEditor.js';

/** A fetch that was done. It is in the URI of its document, so that a window that was loaded anew can show it too. */
interface Fetched {
  readonly jobName: string;
  /** Name of the target that was read. */
  readonly from: string;
  readonly result: FetchResult;
}

export interface FetchChoice {
  /** An AWS target. */
  readonly targetId: string;
  readonly limitBytes: number;
  readonly jobName: string;
}

/** The fetching for a run: ahead of its jobs, and what they look for while they run. */
export interface RunFetch {
  /** The job, so that what it misses is asked for here. */
  mark(job: JobFile): JobFile;
  /** Before the first job is there. */
  readonly ahead: FetchIntoStore;
  /** Fetches nothing more; jobs that still run are cancelled. */
  stop(): Promise<void>;
}

/**
 * What brings the objects of so many jobs from the real buckets of a target into the local ones, and says what came of it. It ends by
 * itself when the jobs have.
 */
export function fetchIntoStore(services: Services, targets: TargetProvider, choice: FetchChoice, jobs: number): RunFetch {
  const { targetId, limitBytes, jobName } = choice;
  const sessionId = randomUUID();
  let fetch: JobFetch | undefined;
  return {
    mark: (job) => withReadThrough(job, sessionId),
    ahead: async ({ bytes, fields }, { signal, reach }) => {
      const target = targets.targets.find(({ id }) => id === targetId);
      const from = target === undefined ? targetId : targetText(target);
      const { JobFetch } = await import('../../aws/main.js');
      // Not another engine than the one that the job goes to, though its settings may have changed meanwhile.
      const connection = services.engine.connection ?? (await services.engine.start());
      const begun = new JobFetch(connection, { sessionId, source: await targets.openSource(targetId), limitBytes });
      fetch = begun;
      const before = await begun.rows({
        manifest: bytes,
        name: vscode.l10n.t('the manifest'),
        fields,
        signal,
        onProgress: (progress) => reach(progress.done / Math.max(1, progress.rows), fetchProgressText(progress, formats())),
      });
      tell(services, { jobName, from, result: before });
      const { ended } = await begun.answer(jobs, signal);
      void services.errors.run('Fetch what a job looks for', async () => {
        try {
          const after = await ended;
          const lines = fetchedLaterLines(before, after, formats());
          if (lines.length > 0) tell(services, { jobName, from, result: after }, lines);
        } finally {
          await begun.stop();
        }
      });
    },
    stop: async () => await fetch?.stop(),
  };
}

/** The document at a URI of `fetchedScheme`. */
export function fetchedText({ query }: vscode.Uri): string {
  const { jobName, from, result } = JSON.parse(query) as Fetched;
  return fetchText(jobName, from, result, formats());
}

/** Doesn't wait for an answer. */
function tell({ log, errors }: Services, fetched: Fetched, said?: readonly string[]): void {
  const { jobName, from, result } = fetched;
  const lines = said ?? fetchLines(result, from, formats());
  for (const line of lines) log.info(line);
  const show: vscode.MessageItem = { title: vscode.l10n.t('Show Details') };
  const text = lines.join(' ');
  const shown =
    said !== undefined || result.unreadable.length === 0
      ? vscode.window.showInformationMessage(text, show)
      : vscode.window.showWarningMessage(text, show);
  void shown.then(async (chosen) => {
    if (chosen !== show) return;
    const path = `/${documentName(vscode.l10n.t('Objects fetched for {0}', jobName))}.md`;
    const uri = vscode.Uri.from({ scheme: fetchedScheme, path, query: JSON.stringify(fetched) });
    await errors.run('Show what was fetched', async () => await vscode.window.showTextDocument(uri, { preview: false }));
  });
}

function formats(): Formats {
  return { l10n: vscode.l10n, locale: vscode.env.language };
}
