import * as vscode from 'vscode';
import type { Fix } from '../../core/manifest/problem.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { ruleOf, toRange } from './diagnostics.js';
import { fixActions, fixesOfRule } from './fixActions.js';
import type { LintedManifest, LintedManifests } from './linted.js';

export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('s3batch');

/** Quick fixes for the problems under the cursor, for all problems of their rules, and fix all. Everything is a WorkspaceEdit. */
export class ManifestCodeActionProvider implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
  };
  readonly #manifests: LintedManifests;

  constructor(manifests: LintedManifests) {
    this.#manifests = manifests;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const manifest = this.#manifests.get(document);
    if (manifest === undefined) return [];
    // `only` is a kind that contains those wanted: `source.fixAll` on save, `quickfix` for the light bulb.
    const wants = (kind: vscode.CodeActionKind): boolean => context.only === undefined || context.only.contains(kind);
    const actions: vscode.CodeAction[] = [];
    if (wants(vscode.CodeActionKind.QuickFix)) actions.push(...quickFixes(manifest, range, context.diagnostics));
    if (context.only !== undefined && wants(fixAllKind)) actions.push(...fixAllAction(manifest));
    return actions;
  }
}

function quickFixes(
  manifest: LintedManifest,
  range: vscode.Range,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const { document } = manifest;
  const problems = manifest.result().problems;
  // What is published may be older than the document; the problems are not, so they decide.
  const here = problems.filter((problem) => toRange(problem.range).intersection(range) !== undefined);
  const actions: vscode.CodeAction[] = [];
  for (const problem of here) {
    const diagnostic = diagnostics.find((item) => ruleOf(item) === problem.rule && item.range.isEqual(toRange(problem.range)));
    for (const { title, fix, isPreferred } of fixActions(problem)) {
      const action = fixAction(title, document, fix);
      action.isPreferred = isPreferred;
      if (diagnostic !== undefined) action.diagnostics = [diagnostic];
      actions.push(action);
    }
  }
  for (const rule of new Set(here.map((problem) => problem.rule))) {
    if (!here.some((problem) => problem.rule === rule && problem.fixes.some((fix) => fix.edits.length > 0))) continue;
    for (const fixes of fixesOfRule(manifest.problemsOfRule(rule), rule)) {
      const [first] = fixes;
      if (first === undefined) continue;
      actions.push(editAction(vscode.l10n.t('{0} (all {1} like this)', first.title, fixes.length), document, fixes));
    }
  }
  if (here.some((problem) => problem.fixes.some((fix) => fix.isCertain))) {
    const all = new vscode.CodeAction(vscode.l10n.t('Fix all that is certain in this manifest'), vscode.CodeActionKind.QuickFix);
    all.command = commandLink(Command.manifestFixAll, all.title, document.uri);
    actions.push(all);
  }
  return actions;
}

/** A fix that no edit of the text can make is a command. */
function fixAction(title: string, document: vscode.TextDocument, fix: Fix): vscode.CodeAction {
  if (fix.columns === undefined && fix.removesByteOrderMark === undefined) return editAction(title, document, [fix]);
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command =
    fix.columns === undefined
      ? commandLink(Command.manifestRemoveByteOrderMark, title, document.uri)
      : commandLink(Command.manifestDeclareColumns, title, document.uri, fix.columns);
  return action;
}

function editAction(title: string, document: vscode.TextDocument, fixes: readonly Fix[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  const edits = fixes.flatMap((fix) => fix.edits.map((edit) => vscode.TextEdit.replace(toRange(edit.range), edit.text)));
  action.edit.set(document.uri, edits);
  return action;
}

function fixAllAction(manifest: LintedManifest): vscode.CodeAction[] {
  const edit = manifest.fixAllEdit();
  if (edit === undefined) return [];
  const action = new vscode.CodeAction(vscode.l10n.t('Fix all in this manifest'), fixAllKind);
  action.edit = edit;
  return [action];
}
