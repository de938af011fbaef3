import * as vscode from 'vscode';
import type { Edits } from '../../core/manifest/editList.js';
import type { Edit } from '../../core/manifest/problem.js';
import { toRange } from './diagnostics.js';
import { groupEdits } from './groupEdits.js';

/** Up to this many edits at once cost the editor next to nothing. */
const maxEdits = 1000;

export function lineEndOf(document: vscode.TextDocument): '\r\n' | '\n' {
  return document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
}

/** One workspace edit for a few edits that never overlap. */
export function documentEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const result = new vscode.WorkspaceEdit();
  result.set(
    document.uri,
    edits.map((edit) => vscode.TextEdit.replace(toRange(edit.range), edit.text)),
  );
  return result;
}

/** One workspace edit for any number of edits, in ascending order; in slices of less than a millisecond. */
export function* documentEditInSteps(
  document: vscode.TextDocument,
  edits: Edits,
): Generator<void, vscode.WorkspaceEdit, undefined> {
  const lines = {
    lineAt: (line: number): string => document.lineAt(line).text,
    lineEnd: lineEndOf(document),
  };
  return documentEdit(document, yield* groupEdits(lines, edits, maxEdits));
}
