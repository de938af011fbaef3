import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { Emitter } from '../../base/emitter.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { Formats } from '../../core/view/formats.js';
import { jobSubject, type ReportSubject, type ReportTextFile } from '../../core/view/reportText.js';
import { processFolder, removeAbandonedFolders } from '../../files/processFolder.js';
import { fetchJobReport, fetchReport, type FetchedReport, uriOf, withOriginalNames } from '../../files/report/fetchReport.js';
import type { ReadReport } from '../../files/report/reportContents.js';
import { runInThread } from '../../files/report/reportThread.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';
import type { JobReference } from '../platform/jobReference.js';

/** A report that is open: its causes are in the tree, its summary in an editor. */
export interface OpenReport {
  /** Stable while it is open. */
  readonly id: string;
  readonly subject: ReportSubject;
  /** Where its files lie on this machine: what a report thread is given. */
  readonly path: string;
  readonly report: ReadReport;
  readonly files: readonly ReportTextFile[];
  /** Where it was read, and where its objects lie; undefined for a report on this machine. */
  readonly targetId?: string;
  /** The job that it is of, when that is known. */
  readonly job?: { readonly reference: JobReference; readonly descriptor: JobDescriptor };
}

/** What a report is read from: that of a job, a path on this machine, or `s3://` on a target. */
export type ReportSource =
  | { readonly kind: 'job'; readonly reference: JobReference }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 's3'; readonly targetId: string; readonly bucket: string; readonly key: string };

export function sourceId(source: ReportSource): string {
  switch (source.kind) {
    case 'job':
      return `${source.reference.targetId} ${source.reference.jobId}`;
    case 'path':
      return source.path;
    case 's3':
      return `${source.targetId} s3://${source.bucket}/${source.key}`;
  }
}

/** The reports that are open in this window. Copies of remote ones lie in a folder of their own and go with them. */
export class OpenReports implements Disposable {
  readonly #targets: TargetProvider;
  readonly #formats: Formats;
  readonly #folder: string;
  readonly #reports = new Map<string, OpenReport>();
  readonly #copies = new Map<string, string>();
  readonly #changed = new Emitter<void>();

  readonly onDidChange = this.#changed.event;

  /** `folder` is shared with other windows; what windows that are gone left there is removed. */
  constructor(targets: TargetProvider, folder: string, formats: Formats) {
    this.#targets = targets;
    this.#formats = formats;
    this.#folder = processFolder(folder);
    // What can't be removed now is tried again by the next window.
    void removeAbandonedFolders(folder).catch(() => undefined);
  }

  get reports(): readonly OpenReport[] {
    return [...this.#reports.values()];
  }

  find(id: string): OpenReport | undefined {
    return this.#reports.get(id);
  }

  /** Reads a report, anew when it is open: it may have been written again since. With progress and cancel. */
  async open(source: ReportSource): Promise<OpenReport> {
    const id = sourceId(source);
    const title = vscode.l10n.t('Reading the report');
    const opened = await withCancellableProgress(title, ({ signal, say }) => this.#read(id, source, signal, say));
    this.#reports.delete(id);
    this.#reports.set(id, opened);
    this.#changed.fire();
    return opened;
  }

  close(id: string): void {
    if (!this.#reports.delete(id)) return;
    void this.#removeCopy(id);
    this.#changed.fire();
  }

  dispose(): void {
    this.#reports.clear();
    this.#changed.dispose();
    void rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }

  async #read(id: string, source: ReportSource, signal: AbortSignal, say: (message: string) => void): Promise<OpenReport> {
    const onProgress = (doneBytes: number): void =>
      say(vscode.l10n.t('{0} MB copied', (doneBytes / 1e6).toLocaleString(this.#formats.locale, { maximumFractionDigits: 0 })));
    const readHere = async (path: string): Promise<ReadReport> =>
      await runInThread(
        { kind: 'read', path },
        {
          signal,
          onProgress: (done, total) => say(vscode.l10n.t('{0} %', Math.floor((done / Math.max(total, 1)) * 100))),
        },
      );
    if (source.kind === 'path') {
      const report = await readHere(source.path);
      const files = report.files.map(({ name, status, rows, isUnverified }) => ({
        name,
        status,
        rows,
        isUnverified,
        place: { path: name },
      }));
      return { id, subject: pathSubject(source.path, report), path: source.path, report, files: failedFirst(files) };
    }
    const copyTo = join(this.#folder, randomUUID());
    await mkdir(copyTo, { recursive: true });
    this.#copies.set(id, copyTo);
    try {
      const client = await this.#targets.client(source.kind === 'job' ? source.reference.targetId : source.targetId);
      if (source.kind === 'job') {
        const descriptor = await client.describeJob(source.reference.jobId, signal);
        const fetched = await fetchJobReport(client, descriptor, copyTo, { signal, onProgress });
        const report = await readHere(fetched.path);
        const subject = jobSubject(client.target, descriptor, this.#formats);
        const job = { reference: source.reference, descriptor };
        return { id, subject, path: fetched.path, ...remote(report, fetched), targetId: source.reference.targetId, job };
      }
      const fetched = await fetchReport(client, source, copyTo, { signal, onProgress });
      const report = await readHere(fetched.path);
      const subject = pathSubject(`s3://${source.bucket}/${source.key}`, report);
      return { id, subject, path: fetched.path, ...remote(report, fetched), targetId: source.targetId };
    } catch (error) {
      await this.#removeCopy(id);
      throw error;
    }
  }

  async #removeCopy(id: string): Promise<void> {
    const copy = this.#copies.get(id);
    this.#copies.delete(id);
    if (copy !== undefined) await rm(copy, { recursive: true, force: true });
  }
}

function pathSubject(path: string, { jobId }: ReadReport): ReportSubject {
  return {
    title: vscode.l10n.t('Report {0}', jobId ?? basename(path)),
    facts: [vscode.l10n.t('File: {0}', path), ...(jobId === undefined ? [] : [vscode.l10n.t('Job ID: {0}', jobId)])],
    reasons: [],
  };
}

/** What was read of copies, by the names of what they are copies of. */
function remote(report: ReadReport, fetched: FetchedReport): Pick<OpenReport, 'report' | 'files'> {
  const files = report.files.flatMap(({ name: path, status, rows, isUnverified }): ReportTextFile[] => {
    const place = fetched.places.get(basename(path));
    return place === undefined ? [] : [{ name: uriOf(place), status, rows, isUnverified, place }];
  });
  const problems = report.problems.map((problem) => withOriginalNames(fetched, problem));
  return { report: { ...report, problems }, files: failedFirst(files) };
}

function failedFirst(files: readonly ReportTextFile[]): ReportTextFile[] {
  return files.toSorted((a, b) => Number(a.status === 'succeeded') - Number(b.status === 'succeeded'));
}
