import type { LineChange } from '../../core/manifest/incrementalLint.js';

/** The part of `vscode.TextDocumentContentChangeEvent` that is needed. */
export interface ContentChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly text: string;
}

/** What an edit does to the lines of a document. */
export function lineChanges(changes: readonly ContentChange[]): LineChange[] {
  return changes.map(({ range, text }) => ({
    startLine: range.start.line,
    endLine: range.end.line,
    insertedLineCount: countLines(text),
  }));
}

/** How many lines are taken away or put in: what the edit will cost. */
export function countTouchedLines(changes: readonly LineChange[]): number {
  return changes.reduce((sum, change) => sum + change.endLine - change.startLine + 1 + change.insertedLineCount, 0);
}

/** Lines as VS Code divides them: at LF, CRLF and lone CR. */
function countLines(text: string): number {
  let lines = 1;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0x0a || (unit === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) lines += 1;
  }
  return lines;
}
