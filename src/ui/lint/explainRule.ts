import * as vscode from 'vscode';
import { allRules, findRule } from '../../core/manifest/rules/allRules.js';
import type { RuleId } from '../../core/manifest/rules/rule.js';
import { rulePage } from '../../core/manifest/rules/rulePage.js';
import type { CardDocuments } from '../platform/cardDocuments.js';
import { ruleOf } from './diagnostics.js';

/** Shows the page of a rule. Without one it asks: first for those that have a problem where the cursor is. */
export async function explainRule(cards: CardDocuments, given: RuleId | undefined): Promise<vscode.Uri | undefined> {
  const rule = given === undefined ? await chooseRule() : findRule(given)?.id;
  return rule === undefined ? undefined : await cards.show(rule, `# ${rule}\n\n${rulePage(rule)}`);
}

async function chooseRule(): Promise<RuleId | undefined> {
  const here = new Set(rulesAtCursor());
  const items = allRules.map(({ id, description }) => ({ label: id, detail: description, id }));
  const placeHolder = vscode.l10n.t('Which rule?');
  const sorted = [...items.filter(({ id }) => here.has(id)), ...items.filter(({ id }) => !here.has(id))];
  return (await vscode.window.showQuickPick(sorted, { placeHolder, matchOnDetail: true }))?.id;
}

/** The rules that the line of the cursor breaks. */
function rulesAtCursor(): readonly string[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return [];
  const { line } = editor.selection.active;
  return vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter(({ range }) => range.start.line <= line && line <= range.end.line)
    .map(ruleOf)
    .filter((rule) => rule !== undefined);
}
