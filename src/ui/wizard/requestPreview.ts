import * as vscode from 'vscode';

const scheme = 's3batch-request';

/** Shows the request that a wizard is about to send, beside what is open, and takes it away again. */
export class RequestPreview implements vscode.Disposable {
  readonly #uri: vscode.Uri;
  readonly #registration: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  #text = '';

  constructor() {
    this.#uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Request of the new job')}.jsonc` });
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: () => this.#text,
    });
  }

  /** Replaces the text, wherever it is shown. */
  update(text: string): void {
    this.#text = text;
    this.#changed.fire(this.#uri);
  }

  async show(text: string): Promise<void> {
    this.update(text);
    const document = await vscode.workspace.openTextDocument(this.#uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  async hide(): Promise<void> {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === this.#uri.toString());
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
