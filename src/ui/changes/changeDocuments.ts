import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { type ChangesText, changesText } from '../../core/changes/changesText.js';
import { jobLabel } from '../../core/view/jobText.js';
import { readJobChanges, readKeptBytes } from '../../files/changes/readJobChanges.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { Services } from '../platform/services.js';
import { objectUri } from '../report/objectUri.js';

const changesScheme = 's3batch-changes';

/** The texts of read-only documents: what a local job changed, and objects as they were before it. */
export class ChangeDocuments {
  readonly #services: Services;
  readonly #jobs: Jobs;
  /** By URI, as long as the document is open. */
  readonly #texts = new Map<string, ChangesText>();

  constructor(services: Services, jobs: Jobs) {
    this.#services = services;
    this.#jobs = jobs;
  }

  /** Reads what a job of the local engine changed; the URI of the list. */
  async read(jobId: string): Promise<vscode.Uri> {
    const client = await this.#jobs.targets.client(localTargetId);
    const label = jobLabel(await client.describeJob(jobId));
    const name = vscode.l10n.t('Changes by {0}', label.replaceAll(/[/\\?#\r\n]/g, ' ').slice(0, 60));
    const uri = vscode.Uri.from({ scheme: changesScheme, path: `/${jobId}/list/${name}.md` });
    const objects = await readJobChanges(await this.#dataDirectory(), jobId);
    this.#texts.set(uri.toString(), changesText(label, objects, { l10n: vscode.l10n, locale: vscode.env.language }));
    return uri;
  }

  async text(uri: vscode.Uri): Promise<string> {
    const [, jobId = '', what = '', number = ''] = uri.path.split('/');
    if (what === 'before') {
      return new TextDecoder().decode(await readKeptBytes(await this.#dataDirectory(), jobId, Number(number)));
    }
    // A window that was reloaded asks for a list that it has not read yet.
    if (!this.#texts.has(uri.toString())) {
      const read = this.#texts.get((await this.read(jobId)).toString());
      if (read !== undefined) this.#texts.set(uri.toString(), read);
    }
    return this.#texts.get(uri.toString())?.text ?? '';
  }

  links(uri: vscode.Uri): vscode.DocumentLink[] {
    const [, jobId = ''] = uri.path.split('/');
    return (this.#texts.get(uri.toString())?.links ?? []).map(({ line, start, end, opens, object }) => {
      const { bucket, key, kept = 0 } = object;
      const now = objectUri(localTargetId, bucket, key);
      const before = vscode.Uri.from({ scheme: changesScheme, path: `/${jobId}/before/${kept}/${bucket}/${key}` });
      const title = vscode.l10n.t('{0} (before ↔ now)', key.slice(key.lastIndexOf('/') + 1));
      const compare = encodeURIComponent(JSON.stringify([before, now, title]));
      const target = {
        object: () => now,
        before: () => before,
        compare: () => vscode.Uri.parse(`command:vscode.diff?${compare}`),
      }[opens]();
      return new vscode.DocumentLink(new vscode.Range(line, start, line, end), target);
    });
  }

  forget(uri: vscode.Uri): void {
    this.#texts.delete(uri.toString());
  }

  async #dataDirectory(): Promise<string> {
    const { connection } = this.#services.engine;
    if (connection !== undefined) return connection.dataDirectory;
    if (this.#services.engine.unavailability() !== undefined) {
      throw new BatchError('EngineNotRunning', vscode.l10n.t('The local engine is not running.'));
    }
    return (await this.#services.engine.start()).dataDirectory;
  }
}
