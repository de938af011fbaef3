import * as vscode from 'vscode';
import type { Fix, Problem } from '../../core/manifest/problem.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { ruleOf, toRange } from './diagnostics.js';
import { documentEdit } from './documentEdit.js';
import { fixActions, fixesOfRule } from './fixActions.js';
import type { LintedManifest, LintedManifests } from './linted.js';

const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('s3batch');

/** Quick fixes for the problems under the cursor, for all problems of their rules, and fix all. Edits are WorkspaceEdits. */
export class ManifestCodeActionProvider implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
  };
  readonly #manifests: LintedManifests;
  /** Edits that touch the whole file are worked out when they are chosen, not whenever the cursor moves. */
  readonly #laterEdits = new WeakMap<vscode.CodeAction, () => Promise<vscode.WorkspaceEdit | undefined>>();

  constructor(manifests: LintedManifests) {
    this.#manifests = manifests;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const manifest = this.#manifests.get(document);
    if (manifest === undefined) return [];
    // `only` is a kind that contains those wanted: `source.fixAll` on save, `quickfix` for the light bulb.
    const wants = (kind: vscode.CodeActionKind): boolean => context.only === undefined || context.only.contains(kind);
    const actions: vscode.CodeAction[] = [];
    if (wants(vscode.CodeActionKind.QuickFix)) actions.push(...this.#quickFixes(manifest, range, context.diagnostics));
    if (context.only !== undefined && wants(fixAllKind)) actions.push(...(await fixAllAction(manifest)));
    return actions;
  }

  async resolveCodeAction(action: vscode.CodeAction): Promise<vscode.CodeAction> {
    const edit = await this.#laterEdits.get(action)?.();
    if (edit !== undefined) action.edit = edit;
    return action;
  }

  #quickFixes(manifest: LintedManifest, range: vscode.Range, diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction[] {
    const { document } = manifest;
    // What is published may be older than the document; the result is not, so it decides.
    const result = manifest.result();
    if (result === undefined) return [];
    const here = result.problems.filter((problem) => toRange(problem.range).intersection(range) !== undefined);
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
    const firstOfRule = new Map(here.toReversed().map((problem) => [problem.rule, problem]));
    const counts: Readonly<Record<string, number | undefined>> = result.counts;
    for (const problem of firstOfRule.values()) actions.push(...this.#ruleActions(manifest, problem, counts[problem.rule] ?? 0));
    if (here.some((problem) => problem.fixes.some((fix) => fix.isCertain))) {
      const title = vscode.l10n.t('Fix all that is certain in this manifest');
      const all = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      all.command = commandLink(Command.manifestFixAll, title, document.uri);
      actions.push(all);
    }
    return actions;
  }

  /** The fixes of a problem, for all problems of its rule. */
  #ruleActions(manifest: LintedManifest, problem: Problem, count: number): vscode.CodeAction[] {
    if (count < 2) return [];
    const actions: vscode.CodeAction[] = [];
    problem.fixes.forEach((fix, choice) => {
      if (fix.edits.length === 0) return;
      const title = vscode.l10n.t('{0} (all {1} like this)', fix.title, count.toLocaleString('en-US'));
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      this.#laterEdits.set(action, async () => {
        const fixes = fixesOfRule(await manifest.problemsOfRule(problem.rule), problem.rule)[choice] ?? [];
        return await manifest.edit(fixes.flatMap((item) => item.edits));
      });
      actions.push(action);
    });
    return actions;
  }
}

/** A fix that no edit of the text can make is a command. */
function fixAction(title: string, document: vscode.TextDocument, fix: Fix): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  if (fix.columns !== undefined) {
    action.command = commandLink(Command.manifestDeclareColumns, title, document.uri, fix.columns);
  } else if (fix.changesEncoding === true) {
    // VS Code asks whether to read the file anew or to save it, and in which encoding.
    action.command = { title, command: 'workbench.action.editor.changeEncoding' };
  } else if (fix.removesByteOrderMark === true) {
    action.command = commandLink(Command.manifestRemoveByteOrderMark, title, document.uri);
  } else {
    action.edit = documentEdit(document, fix.edits);
  }
  return action;
}

async function fixAllAction(manifest: LintedManifest): Promise<vscode.CodeAction[]> {
  const edit = await manifest.fixAllEdit();
  if (edit === undefined) return [];
  const action = new vscode.CodeAction(vscode.l10n.t('Fix all in this manifest'), fixAllKind);
  action.edit = edit;
  return [action];
}
