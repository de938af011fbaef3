import * as vscode from 'vscode';
import { jobLabel } from '../../core/view/jobText.js';
import { type ReportText, reportText } from '../../core/view/reportText.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import type { JobReference } from '../platform/commandTypes.js';
import { objectUri, parseObjectUri, reportScheme, targetAuthority, targetOfAuthority } from './objectUri.js';
import { readJobReport } from './readJobReport.js';

/** The texts of read-only documents: the summary of a report, and any object of a target. */
export class ReportDocuments {
  readonly #targets: TargetProvider;
  /** By URI, as long as the document is open. */
  readonly #reports = new Map<string, ReportText>();

  constructor(targets: TargetProvider) {
    this.#targets = targets;
  }

  /** Reads the report of a job anew; the URI of its summary. */
  async read(reference: JobReference): Promise<vscode.Uri> {
    const client = await this.#targets.client(reference.targetId);
    const job = await client.describeJob(reference.jobId);
    const uri = reportUri(reference, jobLabel(job));
    const report = await readJobReport(client, job);
    this.#reports.set(uri.toString(), reportText(client.target, job, report, { l10n: vscode.l10n, locale: vscode.env.language }));
    return uri;
  }

  /** The summary at a URI, read if need be: a window that was reloaded asks for it too. */
  async summary(uri: vscode.Uri): Promise<string> {
    if (!this.#reports.has(uri.toString())) {
      const [, jobId = ''] = uri.path.split('/');
      const read = await this.read({ targetId: targetOfAuthority(uri.authority), jobId });
      const text = this.#reports.get(read.toString());
      if (text !== undefined) this.#reports.set(uri.toString(), text);
    }
    return this.#reports.get(uri.toString())?.text ?? '';
  }

  links(uri: vscode.Uri): vscode.DocumentLink[] {
    return (this.#reports.get(uri.toString())?.links ?? []).map((link) => {
      const range = new vscode.Range(link.line, link.start, link.line, link.end);
      return new vscode.DocumentLink(range, objectUri(targetOfAuthority(uri.authority), link.bucket, link.key));
    });
  }

  forget(uri: vscode.Uri): void {
    this.#reports.delete(uri.toString());
  }

  /** The bytes of an object as text. What is no UTF-8 shows as U+FFFD, as in any editor. */
  async object(uri: vscode.Uri): Promise<string> {
    const { targetId, bucket, key } = parseObjectUri(uri);
    const client = await this.#targets.client(targetId);
    return new TextDecoder().decode(await client.getObject(bucket, key));
  }
}

/** The last part of the path is what the tab says. */
function reportUri({ targetId, jobId }: JobReference, label: string): vscode.Uri {
  const name = vscode.l10n.t('Report of {0}', label.replaceAll(/[/\\?#\r\n]/g, ' ').slice(0, 60));
  return vscode.Uri.from({ scheme: reportScheme, authority: targetAuthority(targetId), path: `/${jobId}/${name}.md` });
}
