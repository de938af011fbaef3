import * as vscode from 'vscode';

/**
 * What a key in a tree is meant for: the rows that are selected when they are several, else the row that has the focus. Moving by keyboard
 * moves the focus and leaves the selection behind, and the API tells of the selection only; so the focused row is added to it (or, when it
 * is in it, taken out) to learn which one it is. Call it only while the tree has the focus.
 */
export async function rowsInHand<T>(view: vscode.TreeView<T>): Promise<readonly T[]> {
  const before = view.selection;
  if (before.length > 1) return before;
  await vscode.commands.executeCommand('list.toggleSelection');
  const focused = view.selection.find((row) => !before.includes(row));
  // It was the selected row itself, or nothing has the focus: then the selection becomes what it was.
  if (focused === undefined) {
    if (view.selection.length < before.length) await vscode.commands.executeCommand('list.toggleSelection');
    return before;
  }
  if (before.length > 0) await view.reveal(focused, { select: true, focus: true });
  return [focused];
}
