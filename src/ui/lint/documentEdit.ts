import * as vscode from 'vscode';
import type { Edit } from '../../core/manifest/problem.js';
import { toRange } from './diagnostics.js';
import { textChange } from './textChange.js';

/** Above this, one replacement of everything between the first and the last edit is much cheaper for the editor. */
const maxSingleEdits = 1000;

/** One workspace edit for edits that never overlap. `texts` are all of the document before and after, where they are known. */
export function documentEdit(
  document: vscode.TextDocument,
  edits: readonly Edit[],
  texts?: { readonly before: string; readonly after: string },
): vscode.WorkspaceEdit {
  const result = new vscode.WorkspaceEdit();
  if (edits.length <= maxSingleEdits) {
    result.set(
      document.uri,
      edits.map((edit) => vscode.TextEdit.replace(toRange(edit.range), edit.text)),
    );
    return result;
  }
  const before = texts?.before ?? document.getText();
  const change = textChange(before, texts?.after ?? applyEdits(document, before, edits));
  if (change === undefined) return result;
  const range = new vscode.Range(document.positionAt(change.start), document.positionAt(change.end));
  result.replace(document.uri, range, change.text);
  return result;
}

function applyEdits(document: vscode.TextDocument, before: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let copied = 0;
  const placed = edits.map((edit) => {
    const range = document.validateRange(toRange(edit.range));
    return { start: document.offsetAt(range.start), end: document.offsetAt(range.end), text: edit.text };
  });
  for (const edit of placed.toSorted((a, b) => a.start - b.start)) {
    parts.push(before.slice(copied, edit.start), edit.text);
    copied = edit.end;
  }
  parts.push(before.slice(copied));
  return parts.join('');
}
