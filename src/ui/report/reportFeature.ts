import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { BatchError, cancelledError } from '../../base/errors.js';
import type { Target } from '../../core/job/target.js';
import { decodeKey } from '../../core/manifest/keyEncoding.js';
import type { Cause } from '../../core/report/causes.js';
import { hasVersion } from '../../core/report/failedTask.js';
import { comparisonText } from '../../core/view/comparisonText.js';
import type { Formats } from '../../core/view/formats.js';
import { targetText } from '../../core/view/targetText.js';
import { parseS3Uri } from '../../core/wizard/manifestChoice.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { resumeJob, retryFailed } from './nextManifest.js';
import { objectUri, reportScheme } from './objectUri.js';
import { type OpenReport, OpenReports, type ReportSource, sourceId } from './openReports.js';
import { ReportDocuments } from './reportDocuments.js';
import { runWithProgress } from './reportThreadProgress.js';
import type { CauseNode, ReportElement } from './reportElement.js';
import { ReportTree } from './reportTree.js';

/** What the feature needs of the views that stand before it is loaded. */
interface ReportViews {
  changedText(uri: vscode.Uri): void;
  changedTree(element: ReportElement | undefined): void;
  /** Selects an element of the tree, and moves the focus there if that is wanted. */
  reveal(element: ReportElement, isFocused: boolean): Promise<void>;
}

/** Reports of this window: opened, looked at by cause, tried again, compared. */
export class ReportFeature implements Disposable {
  readonly #services: Services;
  readonly #jobs: Jobs;
  readonly #views: ReportViews;
  readonly #reports: OpenReports;
  readonly #formats: Formats;
  readonly tree: ReportTree;
  readonly documents: ReportDocuments;

  constructor(services: Services, jobs: Jobs, views: ReportViews) {
    this.#services = services;
    this.#jobs = jobs;
    this.#views = views;
    this.#formats = { l10n: vscode.l10n, locale: vscode.env.language };
    const folder = join(services.context.globalStorageUri.fsPath, 'reports');
    this.#reports = new OpenReports(jobs.targets, folder, this.#formats);
    this.tree = new ReportTree(this.#reports, this.#formats);
    this.tree.onDidChangeTreeData((element) => views.changedTree(element));
    this.documents = new ReportDocuments(jobs.targets, this.#reports, this.#formats);
  }

  /** Reads a report and shows it: its summary in an editor, its causes in the tree, the first of them with the focus. */
  async open(source: ReportSource): Promise<void> {
    const opened = await this.#reports.open(source);
    this.#services.contextKeys.set('s3batch.hasReport', true);
    const uri = this.documents.show(opened, source);
    // Also when it is open already: the report may have been written again since.
    this.#views.changedText(uri);
    const report = this.tree.nodeOf(opened);
    const first = this.tree.firstCause(report);
    // An editor that opens with the focus may take it back from the tree when the machine is busy.
    await vscode.window.showTextDocument(uri, { preview: false, preserveFocus: first !== undefined });
    await this.#views.reveal(report, false);
    if (first !== undefined) await this.#views.reveal(first, true);
  }

  /** The file given, or one that is chosen, or `s3://` that is typed. */
  async openFile(file: vscode.Uri | undefined): Promise<void> {
    const source = file === undefined ? await this.#askSource() : { kind: 'path' as const, path: file.fsPath };
    await this.open(source);
  }

  close(element: ReportElement | undefined): void {
    const open = element === undefined ? this.#reports.reports.at(-1) : openOf(element);
    if (open !== undefined) this.#reports.close(open.id);
    if (this.#reports.reports.length === 0) this.#services.contextKeys.set('s3batch.hasReport', false);
  }

  /** `all`: what is selected in the tree, when `given` is one of it. */
  async retry(
    given: ReportElement | JobReference | undefined,
    all: readonly ReportElement[] = [],
  ): Promise<vscode.Uri | undefined> {
    const open = await this.#choose(given, vscode.l10n.t('Retry Failed Tasks'));
    const causes = isElement(given) && given.kind === 'cause' ? causesOf(open, [given, ...all]) : undefined;
    return await retryFailed(this.#services, open, causes);
  }

  async resume(given: ReportElement | JobReference | undefined): Promise<vscode.Uri | undefined> {
    return await resumeJob(this.#services, this.#jobs.targets, await this.#choose(given, vscode.l10n.t('Resume Job')));
  }

  /** Asks for the earlier report and shows what changed since. */
  async compare(given: ReportElement | undefined): Promise<void> {
    const title = vscode.l10n.t('Compare Reports');
    const later = await this.#choose(given, title);
    const others = this.#reports.reports.filter(({ id }) => id !== later.id);
    const another = { label: vscode.l10n.t('Another report…'), open: undefined };
    const chosen = await vscode.window.showQuickPick(
      [...others.map((open) => ({ label: open.subject.title, description: open.id, open })), another],
      { title, placeHolder: vscode.l10n.t('Which is the earlier report?') },
    );
    if (chosen === undefined) throw cancelledError();
    const earlier = chosen.open ?? (await this.#reports.open(await this.#askSource()));
    const compared = await runWithProgress<'compare'>(title, { kind: 'compare', before: earlier.path, after: later.path });
    const content = comparisonText(earlier.subject.title, later.subject.title, compared, this.#formats);
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(document, { preview: false });
  }

  loadMore(cause: ReportElement | undefined): void {
    if (cause?.kind === 'cause') this.tree.loadMore(cause satisfies CauseNode);
  }

  async openObject(element: ReportElement | undefined): Promise<void> {
    const { open, row } = rowOf(element);
    const title = vscode.l10n.t('Open Object');
    const targetId = open.targetId ?? (await this.#chooseTarget(title, vscode.l10n.t('Which target has the object?'))).id;
    const place = { targetId, bucket: row.bucket, key: decodeKey(row.key) ?? row.key };
    await this.documents.showObject(objectUri(hasVersion(row) ? { ...place, versionId: row.versionId } : place));
  }

  /** A key each line, when several rows are selected. */
  async copyKey(element: ReportElement | undefined, all: readonly ReportElement[] = []): Promise<void> {
    const rows = new Set([rowOf(element), ...all.filter((each) => each.kind === 'row')]);
    await vscode.env.clipboard.writeText([...rows].map(({ row }) => decodeKey(row.key) ?? row.key).join('\n'));
  }

  /** Starts the debugger on the handler as the job invoked it for this task. Resolves with whether it has started. */
  async debugRow(element: ReportElement | undefined): Promise<boolean> {
    const { open, row } = rowOf(element);
    const invoke = open.job?.descriptor.Operation?.LambdaInvoke;
    if (invoke?.FunctionArn === undefined) {
      throw new BatchError('NoFunction', vscode.l10n.t('This report is of no job that invokes a function.'), {
        hint: vscode.l10n.t('Open the report from its job in the Jobs view.'),
      });
    }
    const started = await this.#services.commands.execute(Command.handlerDebugRow, {
      bucket: row.bucket,
      key: decodeKey(row.key) ?? row.key,
      ...(hasVersion(row) ? { versionId: row.versionId } : {}),
      functionArn: invoke.FunctionArn,
      ...(invoke.UserArguments === undefined ? {} : { userArguments: invoke.UserArguments }),
      ...(invoke.InvocationSchemaVersion === undefined ? {} : { schemaVersion: invoke.InvocationSchemaVersion }),
    });
    return started === true;
  }

  /** What the handler wrote, for a job of the local engine; of a task of its report the first line that is about it. */
  async openLog(given: ReportElement | JobReference | undefined): Promise<void> {
    const reference = isElement(given) ? openOf(given)?.job?.reference : (given ?? (await this.#jobs.chooseLogged()));
    if (given === undefined && reference === undefined) return;
    const connection = this.#services.engine.connection;
    if (reference === undefined || reference.targetId !== localTargetId || connection === undefined) {
      throw new BatchError('NoHandlerLog', vscode.l10n.t('Only the local engine keeps what a handler wrote.'), {
        hint: vscode.l10n.t('Handlers on AWS write to CloudWatch Logs, group /aws/lambda/<function>.'),
      });
    }
    const path = join(connection.dataDirectory, 'jobs', reference.jobId, 'output.log');
    try {
      await stat(path);
    } catch (error) {
      throw new BatchError('NoHandlerLog', vscode.l10n.t('The handler wrote nothing.'), { cause: error });
    }
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
    if (!isElement(given) || given.kind !== 'row') return;
    // As the engine writes it, with the key as the manifest has it: `[row 7, bucket/key] text`.
    const at = editor.document.getText().indexOf(`, ${given.row.bucket}/${given.row.key}] `);
    if (at < 0) return;
    const { range } = editor.document.lineAt(editor.document.positionAt(at).line);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  dispose(): void {
    this.tree.dispose();
    this.#reports.dispose();
  }

  /** The report of what was given, read if need be; else the one that is open, or one of several. */
  async #choose(given: ReportElement | JobReference | undefined, title: string): Promise<OpenReport> {
    if (isElement(given)) {
      const open = openOf(given);
      if (open !== undefined) return open;
    } else if (given !== undefined) {
      return await this.#openJob({ targetId: given.targetId, jobId: given.jobId });
    }
    const shown = vscode.window.activeTextEditor?.document.uri;
    const active =
      shown?.scheme === reportScheme ? this.#reports.find(sourceId(JSON.parse(shown.query) as ReportSource)) : undefined;
    const [first, ...more] = this.#reports.reports;
    if (active !== undefined) return active;
    if (first !== undefined && more.length === 0) return first;
    if (first === undefined) {
      const reference = await this.#jobs.chooseEnded(undefined);
      if (reference === undefined) throw cancelledError();
      return await this.#openJob(reference);
    }
    const chosen = await vscode.window.showQuickPick(
      this.#reports.reports.toReversed().map((open) => ({ label: open.subject.title, description: open.id, open })),
      { title, placeHolder: vscode.l10n.t('Which report?') },
    );
    if (chosen === undefined) throw cancelledError();
    return chosen.open;
  }

  async #openJob(reference: JobReference): Promise<OpenReport> {
    const source: ReportSource = { kind: 'job', reference };
    const open = this.#reports.find(sourceId(source)) ?? (await this.#reports.open(source));
    this.#services.contextKeys.set('s3batch.hasReport', true);
    return open;
  }

  async #askSource(): Promise<ReportSource> {
    const file = {
      label: vscode.l10n.t('File on this machine…'),
      detail: vscode.l10n.t('Its manifest.json, a result file, or a zip file of these.'),
    };
    // No dialog of Windows or Linux offers files and folders at once.
    const folder = {
      label: vscode.l10n.t('Folder on this machine…'),
      detail: vscode.l10n.t('The folder job-… of a report, or one that holds it.'),
    };
    const inS3 = { label: 's3://…', detail: vscode.l10n.t('The manifest.json of a report in a bucket of a target.') };
    const chosen = await vscode.window.showQuickPick([file, folder, inS3], { title: vscode.l10n.t('Open Report File') });
    if (chosen === undefined) throw cancelledError();
    if (chosen === inS3) return await this.#askPlace();
    const [uri] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Open Report File'),
        ...(chosen === folder
          ? { canSelectFiles: false, canSelectFolders: true }
          : { filters: { [vscode.l10n.t('Reports')]: ['json', 'csv', 'gz', 'zip'] } }),
      })) ?? [];
    if (uri === undefined) throw cancelledError();
    return { kind: 'path', path: uri.fsPath };
  }

  /** The only target, or the one that is chosen. */
  async #chooseTarget(title: string, placeHolder: string): Promise<Target> {
    const { targets } = this.#jobs.targets;
    const [first, ...more] = targets;
    if (first !== undefined && more.length === 0) return first;
    const items = targets.map((target) => ({ label: targetText(target), target }));
    const chosen = await vscode.window.showQuickPick(items, { title, placeHolder });
    if (chosen === undefined) throw cancelledError();
    return chosen.target;
  }

  async #askPlace(): Promise<ReportSource> {
    const title = vscode.l10n.t('Open Report File');
    const chosen = await this.#chooseTarget(title, vscode.l10n.t('Which target can read it?'));
    const text = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('The place of the manifest.json of the report'),
      placeHolder: 's3://bucket/prefix/job-…/manifest.json',
      validateInput: (typed) =>
        parseS3Uri(typed)?.key.endsWith('manifest.json') === true
          ? undefined
          : vscode.l10n.t('Write s3://, the bucket and the key of a manifest.json.'),
    });
    const place = text === undefined ? undefined : parseS3Uri(text);
    if (place === undefined) throw cancelledError();
    return { kind: 's3', targetId: chosen.id, bucket: place.bucket, key: place.key };
  }
}

function isElement(given: ReportElement | JobReference | undefined): given is ReportElement {
  return given !== undefined && 'kind' in given && !('jobId' in given);
}

function openOf(element: ReportElement): OpenReport | undefined {
  if (element.kind === 'report' || element.kind === 'cause' || element.kind === 'row') return element.open;
  return element.parent.open;
}

/** The causes among what is selected, each once. They must be of one report, which one manifest is made of. */
function causesOf(open: OpenReport, selected: readonly ReportElement[]): Cause[] {
  const causes = new Set<Cause>();
  for (const element of selected) {
    if (element.kind !== 'cause') continue;
    if (element.open !== open) {
      throw new BatchError('SeveralReports', vscode.l10n.t('The selected causes are of several reports.'), {
        hint: vscode.l10n.t('Retry them one report at a time.'),
      });
    }
    causes.add(element.cause);
  }
  return [...causes];
}

function rowOf(element: ReportElement | undefined): Extract<ReportElement, { kind: 'row' }> {
  if (element?.kind === 'row') return element;
  throw new BatchError('NoRow', vscode.l10n.t('Choose a failed task in the Report view.'));
}
