import * as vscode from 'vscode';
import { applyFix, type JobFileFinding, parseJobFile } from '../../core/job/parseJobFile.js';
import { fixesOf } from '../../core/operations/validateShape.js';
import { jobFiles } from './jobFiles.js';
import type { ErrorBoundary } from '../platform/errorBoundary.js';
import { ManifestFileProblems } from './manifestFileProblems.js';

const delayMs = 200;

/** Problems of open job files while they are edited, with a quick fix where one is certain. */
export class JobFileProblems implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #collection = vscode.languages.createDiagnosticCollection('s3batch-job');
  readonly #errors: ErrorBoundary;
  readonly #manifests: ManifestFileProblems;
  readonly #pending = new Map<string, NodeJS.Timeout>();
  /** Of the version that was checked last. */
  readonly #findings = new Map<string, { readonly version: number; readonly findings: readonly JobFileFinding[] }>();
  readonly #disposables: vscode.Disposable[];

  constructor(errors: ErrorBoundary) {
    this.#errors = errors;
    this.#manifests = new ManifestFileProblems((jobFile) => this.#checkOpen(jobFile));
    this.#disposables = [
      this.#collection,
      this.#manifests,
      vscode.workspace.onDidOpenTextDocument((document) => this.#checkSoon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document, delayMs)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      vscode.languages.registerCodeActionsProvider(jobFiles, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#checkSoon(document, 0);
  }

  /** Checks now; how many problems there are. */
  check(document: vscode.TextDocument): { readonly errors: number; readonly warnings: number } {
    const parsed = parseJobFile(document.getText());
    const { findings } = parsed;
    this.#findings.set(document.uri.toString(), { version: document.version, findings });
    this.#collection.set(document.uri, findings.map(diagnosticOf));
    // The manifest is read after that: what the text itself tells is not kept waiting.
    void this.#errors.run('Check the manifest of a job file', async () => {
      const { version } = document;
      const more = await this.#manifests.check(document.uri, parsed);
      if (more === undefined || document.isClosed || document.version !== version) return;
      this.#collection.set(document.uri, [...findings.map(diagnosticOf), more]);
    });
    const of = (severity: JobFileFinding['severity']): number =>
      findings.filter((finding) => finding.severity === severity).length;
    return { errors: of('error'), warnings: of('warning') };
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const checked = this.#findings.get(document.uri.toString());
    // Fixes of a version that is gone would change what nobody looked at.
    if (checked === undefined || checked.version !== document.version) return [];
    return checked.findings.flatMap((finding) => {
      if (toRange(finding).intersection(range) === undefined) return [];
      return fixesOf(finding).map((fix) => {
        const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = context.diagnostics.filter((diagnostic) => diagnostic.message === finding.message);
        action.isPreferred = fix === finding.fix;
        action.edit = new vscode.WorkspaceEdit();
        const whole = new vscode.Range(0, 0, document.lineCount, 0);
        action.edit.replace(document.uri, document.validateRange(whole), applyFix(document.getText(), fix));
        return action;
      });
    });
  }

  dispose(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    for (const item of this.#disposables.splice(0)) item.dispose();
  }

  #checkOpen(uri: vscode.Uri): void {
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    if (document !== undefined) this.#checkSoon(document, delayMs);
  }

  #checkSoon(document: vscode.TextDocument, delay: number): void {
    if (vscode.languages.match(jobFiles, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.#pending.get(key));
    const timer = setTimeout(() => {
      this.#pending.delete(key);
      if (!document.isClosed) this.check(document);
    }, delay);
    this.#pending.set(key, timer);
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#pending.get(uri.toString()));
    this.#pending.delete(uri.toString());
    this.#findings.delete(uri.toString());
    this.#manifests.forget(uri);
    this.#collection.delete(uri);
  }
}

const severities: Readonly<Record<JobFileFinding['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

function diagnosticOf(finding: JobFileFinding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(finding), finding.message, severities[finding.severity]);
  diagnostic.source = 's3batch';
  diagnostic.code = finding.code;
  return diagnostic;
}

function toRange({ range }: JobFileFinding): vscode.Range {
  return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
}
