import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import type { Formats } from '../../core/view/formats.js';
import { type ReportText, reportText } from '../../core/view/reportText.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { objectUri, parseObjectUri, reportScheme } from './objectUri.js';
import type { OpenReport, OpenReports, ReportSource } from './openReports.js';

/** Extensions get no document of more than 50 MB. */
const maxShownBytes = 50 * 1024 * 1024;

/** The texts of read-only documents: the summary of a report, and any object of a target. */
export class ReportDocuments {
  readonly #targets: TargetProvider;
  readonly #reports: OpenReports;
  readonly #formats: Formats;
  /** By URI, as long as the document is open. */
  readonly #texts = new Map<string, ReportText>();
  /** The object that is about to be shown. */
  #loaded: { readonly uri: string; readonly text: string } | undefined;

  constructor(targets: TargetProvider, reports: OpenReports, formats: Formats) {
    this.#targets = targets;
    this.#reports = reports;
    this.#formats = formats;
  }

  /** The summary of a report that was read. */
  show(open: OpenReport, source: ReportSource): vscode.Uri {
    const uri = reportUri(source, open.subject.title);
    const { createdAt, succeeded, failed, causes, problems } = open.report;
    const text = reportText(open.subject, { createdAt, succeeded, failed, causes, problems, files: open.files }, this.#formats);
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  /** The summary at a URI, read if need be: a window that was reloaded asks for it too. */
  async summary(uri: vscode.Uri): Promise<string> {
    if (!this.#texts.has(uri.toString())) {
      const source = JSON.parse(uri.query) as ReportSource;
      this.show(await this.#reports.open(source), source);
    }
    return this.#texts.get(uri.toString())?.text ?? '';
  }

  links(uri: vscode.Uri): vscode.DocumentLink[] {
    return (this.#texts.get(uri.toString())?.links ?? []).map(({ line, start, end, place }) => {
      const range = new vscode.Range(line, start, line, end);
      const target = 'path' in place ? vscode.Uri.file(place.path) : objectUri({ ...place, targetId: targetOf(uri) });
      return new vscode.DocumentLink(range, target);
    });
  }

  forget(uri: vscode.Uri): void {
    this.#texts.delete(uri.toString());
  }

  /** The bytes of an object as text. What is no UTF-8 shows as U+FFFD, as in any editor. Throws `TooLarge` for more than an editor shows. */
  async object(uri: vscode.Uri): Promise<string> {
    const { targetId, bucket, key, versionId } = parseObjectUri(uri);
    const client = await this.#targets.client(targetId);
    const stop = new AbortController();
    try {
      const { chunks, sizeBytes } = await client.openObject(
        bucket,
        key,
        versionId === undefined ? {} : { versionId },
        stop.signal,
      );
      if (sizeBytes > maxShownBytes) {
        const megabytes = Math.ceil(sizeBytes / 1e6).toLocaleString(this.#formats.locale);
        throw new BatchError('TooLarge', vscode.l10n.t('{0} has {1} MB: too much for an editor.', key, megabytes), {
          hint: vscode.l10n.t('Download it to look at it.'),
        });
      }
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return new TextDecoder().decode(Buffer.concat(parts));
    } finally {
      stop.abort();
    }
  }

  /** Shows an object. What goes wrong is thrown as it is: an editor would only say that it can't open the document. */
  async showObject(uri: vscode.Uri): Promise<void> {
    this.#loaded = { uri: uri.toString(), text: await this.object(uri) };
    try {
      await vscode.window.showTextDocument(uri, { preview: true });
    } finally {
      this.#loaded = undefined;
    }
  }

  /** What the editor asks for. */
  async objectText(uri: vscode.Uri): Promise<string> {
    return this.#loaded?.uri === uri.toString() ? this.#loaded.text : await this.object(uri);
  }
}

/** The last part of the path is what the tab says; the query says what to read. */
function reportUri(source: ReportSource, title: string): vscode.Uri {
  const name = title
    .replaceAll('"', '')
    .replaceAll(/[/\\?#\r\n]/g, ' ')
    .slice(0, 70);
  return vscode.Uri.from({ scheme: reportScheme, path: `/${name}.md`, query: JSON.stringify(source) });
}

function targetOf(uri: vscode.Uri): string {
  const source = JSON.parse(uri.query) as ReportSource;
  return source.kind === 'job' ? source.reference.targetId : source.kind === 's3' ? source.targetId : '';
}
