import * as vscode from 'vscode';

const scheme = 's3batch-card';

/** Texts that are looked at and not edited, as Markdown previews. */
export class CardDocuments implements vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
    });
  }

  /** Shows a card, in place of one with the same name. */
  async show(name: string, markdown: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme, path: `/${name.replaceAll(/[/\\?#\r\n]/g, ' ')}.md` });
    this.#texts.set(uri.toString(), markdown);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    try {
      // Not looked up before: the list of commands lacks those of an extension that is yet to be activated, as this one's.
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // VS Code's own Markdown extension is turned off: the text can be read as it is.
      await vscode.window.showTextDocument(document, { preview: true });
    }
    return uri;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
