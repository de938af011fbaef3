import * as vscode from 'vscode';

/** Without a breakpoint of one's own there would be nothing to see: then the debugger stops before the handler. */
export function hasNoBreakpoint(): boolean {
  return !vscode.debug.breakpoints.some((breakpoint) => breakpoint.enabled);
}
