import * as vscode from 'vscode';

/** Our diagnostics of a file. */
export function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 's3batch');
}

export function rules(uri: vscode.Uri): string[] {
  return ours(uri).map((diagnostic) => {
    const { code } = diagnostic;
    return typeof code === 'object' ? String(code.value) : String(code);
  });
}

/** Resolves when the condition holds; diagnostics tell when they change, so nothing is polled. */
export async function until(uri: vscode.Uri, condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  if (condition()) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      listener.dispose();
      reject(new Error(`Never seen: ${what}. Problems: ${rules(uri).join(', ') || 'none'}`));
    }, limitMs);
    const listener = vscode.languages.onDidChangeDiagnostics(() => {
      if (!condition()) return;
      clearTimeout(timer);
      listener.dispose();
      resolve();
    });
  });
}
