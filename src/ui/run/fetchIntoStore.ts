import * as vscode from 'vscode';
import type { FetchResult } from '../../core/job/fetchObjects.js';
import { fetchLines, fetchProgressText, fetchText } from '../../core/view/fetchText.js';
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

/** What brings the objects of a job from the real buckets of a target into the local ones, and says what came of it. */
export function fetchIntoStore(services: Services, targets: TargetProvider, choice: FetchChoice): FetchIntoStore {
  const { targetId, limitBytes, jobName } = choice;
  return async ({ bytes, fields, copyPlace }, { signal, reach }) => {
    const target = targets.targets.find(({ id }) => id === targetId);
    const { fetchToEngine } = await import('../../aws/main.js');
    // Not another engine than the one that the job goes to, though its settings may have changed meanwhile.
    const connection = services.engine.connection ?? (await services.engine.start());
    const result = await fetchToEngine(connection, {
      source: await targets.openSource(targetId),
      manifest: bytes,
      name: vscode.l10n.t('the manifest'),
      fields,
      copyPlace,
      limitBytes,
      signal,
      onProgress: (progress) => reach(progress.done / Math.max(1, progress.rows), fetchProgressText(progress, formats())),
    });
    tell(services, { jobName, from: target === undefined ? targetId : targetText(target), result });
  };
}

/** The document at a URI of `fetchedScheme`. */
export function fetchedText({ query }: vscode.Uri): string {
  const { jobName, from, result } = JSON.parse(query) as Fetched;
  return fetchText(jobName, from, result, formats());
}

/** Doesn't wait for an answer. */
function tell({ log, errors }: Services, fetched: Fetched): void {
  const { jobName, from, result } = fetched;
  const lines = fetchLines(result, from, formats());
  for (const line of lines) log.info(line);
  const show: vscode.MessageItem = { title: vscode.l10n.t('Show Details') };
  const text = lines.join(' ');
  const shown =
    result.unreadable.length === 0
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
