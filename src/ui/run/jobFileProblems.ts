import * as vscode from 'vscode';
import { applyFix, type JobFileFinding, jobFileSuffix, parseJobFile } from '../../core/job/jobFile.js';

export const jobFileSelector: vscode.DocumentSelector = { pattern: `**/*${jobFileSuffix}` };

const delayMs = 200;

/** Problems of open job files while they are edited, with a quick fix where one is certain. */
export class JobFileProblems implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #collection = vscode.languages.createDiagnosticCollection('s3batch-job');
  readonly #pending = new Map<string, NodeJS.Timeout>();
  /** Of the version that was checked last. */
  readonly #findings = new Map<string, { readonly version: number; readonly findings: readonly JobFileFinding[] }>();
  readonly #disposables: vscode.Disposable[];

  constructor() {
    this.#disposables = [
      this.#collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.#checkSoon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document, delayMs)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      vscode.languages.registerCodeActionsProvider(jobFileSelector, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#checkSoon(document, 0);
  }

  /** Checks now; how many problems there are. */
  check(document: vscode.TextDocument): { readonly errors: number; readonly warnings: number } {
    const { findings } = parseJobFile(document.getText());
    this.#findings.set(document.uri.toString(), { version: document.version, findings });
    this.#collection.set(document.uri, findings.map(diagnosticOf));
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    return { errors, warnings: findings.length - errors };
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const checked = this.#findings.get(document.uri.toString());
    // Fixes of a version that is gone would change what nobody looked at.
    if (checked === undefined || checked.version !== document.version) return [];
    return checked.findings.flatMap((finding) => {
      const { fix } = finding;
      if (fix === undefined || toRange(finding).intersection(range) === undefined) return [];
      const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = context.diagnostics.filter((diagnostic) => diagnostic.message === finding.message);
      action.isPreferred = true;
      action.edit = new vscode.WorkspaceEdit();
      const whole = new vscode.Range(0, 0, document.lineCount, 0);
      action.edit.replace(document.uri, document.validateRange(whole), applyFix(document.getText(), fix));
      return [action];
    });
  }

  dispose(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    for (const item of this.#disposables.splice(0)) item.dispose();
  }

  #checkSoon(document: vscode.TextDocument, delay: number): void {
    if (vscode.languages.match(jobFileSelector, document) === 0) return;
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
    this.#collection.delete(uri);
  }
}

function diagnosticOf(finding: JobFileFinding): vscode.Diagnostic {
  const severity = finding.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(toRange(finding), finding.message, severity);
  diagnostic.source = 's3batch';
  diagnostic.code = finding.code;
  return diagnostic;
}

function toRange({ range }: JobFileFinding): vscode.Range {
  return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
}
