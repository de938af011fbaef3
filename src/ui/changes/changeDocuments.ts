import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { type ChangesText, changesText } from '../../core/changes/changesText.js';
import { type ChaosSubject, chaosText } from '../../core/changes/chaosText.js';
import { firstChaosRun, nameUnderChaos } from '../../core/job/chaosRun.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { Formats } from '../../core/view/formats.js';
import { jobLabel } from '../../core/view/jobText.js';
import { readJobChanges, readKeptBytes } from '../../files/changes/readJobChanges.js';
import { compareChaosRuns } from '../../files/report/compareChaosRuns.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { objectUri } from '../report/objectUri.js';
import { changesScheme, changesUri, chaosUri } from './changesUri.js';

/** The texts of read-only documents: what a local job changed or did otherwise the second time, and objects as they were before it. */
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
    const uri = changesUri(jobId, label);
    const objects = await readJobChanges(await this.#dataDirectory(), jobId);
    this.#texts.set(uri.toString(), changesText(label, objects, formats()));
    return uri;
  }

  /** Where the comparison of a second run under chaos with its first is read. Rejects when the job is no such run, or the first is gone. */
  async chaosOf({ targetId, jobId }: JobReference): Promise<vscode.Uri> {
    const client = await this.#jobs.targets.client(targetId);
    const [second, tags] = await Promise.all([client.describeJob(jobId), client.getJobTags(jobId)]);
    const firstId = firstChaosRun(tags);
    if (targetId !== localTargetId || firstId === undefined) {
      throw new BatchError(
        'NoChaosRun',
        vscode.l10n.t('The job "{0}" is not the second run of a job under chaos.', jobLabel(second)),
      );
    }
    await client.describeJob(firstId);
    return chaosUri(firstId, jobId, nameUnderChaos(second));
  }

  async text(uri: vscode.Uri): Promise<string> {
    const [, jobId = '', what = '', detail = ''] = uri.path.split('/');
    if (what === 'before') {
      return new TextDecoder().decode(await readKeptBytes(await this.#dataDirectory(), jobId, Number(detail)));
    }
    if (what === 'chaos') {
      const read = await this.#chaosText(uri.query, detail, jobId);
      this.#texts.set(uri.toString(), read);
      return read.text;
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
      const now = objectUri({ targetId: localTargetId, bucket, key });
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

  async #chaosText(jobName: string, firstId: string, secondId: string): Promise<ChangesText> {
    const client = await this.#jobs.targets.client(localTargetId);
    const [first, second] = await Promise.all([client.describeJob(firstId), client.describeJob(secondId)]);
    const findings = await compareChaosRuns(client, await this.#dataDirectory(), first, second);
    const subject = { jobName, first: countsOf(first), second: countsOf(second) };
    return chaosText(subject, findings, formats());
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

function formats(): Formats {
  return { l10n: vscode.l10n, locale: vscode.env.language };
}

function countsOf({ ProgressSummary: summary }: JobDescriptor): ChaosSubject['first'] {
  return { succeeded: summary?.NumberOfTasksSucceeded ?? 0, failed: summary?.NumberOfTasksFailed ?? 0 };
}
