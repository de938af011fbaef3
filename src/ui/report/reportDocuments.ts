import * as vscode from 'vscode';
import type { Formats } from '../../core/view/formats.js';
import { type ReportText, reportText } from '../../core/view/reportText.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { objectUri, parseObjectUri, reportScheme } from './objectUri.js';
import type { OpenReport, OpenReports, ReportSource } from './openReports.js';

/** The texts of read-only documents: the summary of a report, and any object of a target. */
export class ReportDocuments {
  readonly #targets: TargetProvider;
  readonly #reports: OpenReports;
  readonly #formats: Formats;
  /** By URI, as long as the document is open. */
  readonly #texts = new Map<string, ReportText>();

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
      const target = 'path' in place ? vscode.Uri.file(place.path) : objectUri(targetOf(uri), place.bucket, place.key);
      return new vscode.DocumentLink(range, target);
    });
  }

  forget(uri: vscode.Uri): void {
    this.#texts.delete(uri.toString());
  }

  /** The bytes of an object as text. What is no UTF-8 shows as U+FFFD, as in any editor. */
  async object(uri: vscode.Uri): Promise<string> {
    const { targetId, bucket, key } = parseObjectUri(uri);
    const client = await this.#targets.client(targetId);
    return new TextDecoder().decode(await client.getObject(bucket, key));
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
