import * as vscode from 'vscode';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { Problem, Range as ProblemRange, Severity } from '../../core/manifest/problem.js';
import { findRule } from '../../core/manifest/rules/allRules.js';
import { Command } from '../platform/commandTypes.js';
import { problemsText } from './summaryText.js';

export const diagnosticSource = 's3batch';
/** VS Code keeps this many of a file, the worst first, and our entry that says how many are missing must be among them. */
export const maxDiagnostics = 1000;

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** The diagnostics of one manifest; when there are too many, the last entry says how many are not shown. */
export function toDiagnostics(result: LintResult): vscode.Diagnostic[] {
  const total = result.errors + result.warnings + result.information;
  if (total <= maxDiagnostics && result.problems.length === total) return result.problems.map(toDiagnostic);
  const shown = result.problems.slice(0, maxDiagnostics - 1).map(toDiagnostic);
  const last = shown.at(-1)?.range.end ?? new vscode.Position(0, 0);
  const more = new vscode.Diagnostic(
    new vscode.Range(last, last),
    vscode.l10n.t(
      '{0} more problems are not shown. In all: {1}',
      (total - shown.length).toLocaleString('en-US'),
      problemsText(result, vscode.l10n),
    ),
    // As severe as the worst, or VS Code would be free to drop it first.
    severities[result.errors > 0 ? 'error' : result.warnings > 0 ? 'warning' : 'information'],
  );
  more.source = diagnosticSource;
  return [...shown, more];
}

export function toDiagnostic(problem: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(problem.range), problem.message, severities[problem.severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = findRule(problem.rule) === undefined ? problem.rule : { value: problem.rule, target: pageOf(problem.rule) };
  return diagnostic;
}

/** The page is made here, so it needs no network, and what it says is what this version of the rule does. */
function pageOf(rule: string): vscode.Uri {
  return vscode.Uri.from({ scheme: 'command', path: Command.manifestExplainRule, query: JSON.stringify([rule]) });
}

export function toRange(range: ProblemRange): vscode.Range {
  return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
}

/** The rule of one of our diagnostics. */
export function ruleOf(diagnostic: vscode.Diagnostic): string | undefined {
  if (diagnostic.source !== diagnosticSource) return undefined;
  const { code } = diagnostic;
  return typeof code === 'object' ? String(code.value) : code === undefined ? undefined : String(code);
}
