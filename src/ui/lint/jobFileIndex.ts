import * as vscode from 'vscode';
import { Emitter, type Event } from '../../base/emitter.js';
import type { ErrorBoundary } from '../platform/errorBoundary.js';
import { allJobFiles, findWorkspaceFiles } from '../platform/findWorkspaceFiles.js';
import type { Services } from '../platform/services.js';
import type { ManifestDeclaration } from './readDeclaration.js';

const pattern = '**/*.s3job.json';

/** Which manifests the job files of the workspace name, kept up to date while job files change. */
export class JobFileIndex implements vscode.Disposable {
  readonly #errors: ErrorBoundary;
  readonly #log: vscode.LogOutputChannel;
  /** Job file to what it declares; both as URI text. */
  readonly #declarations = new Map<string, { manifest: string; declaration: ManifestDeclaration }>();
  readonly #disposables: vscode.Disposable[] = [];
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor({ errors, log }: Services) {
    this.#errors = errors;
    this.#log = log;
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const onChange = (uri: vscode.Uri): void => void this.#errors.run('Read job file', () => this.#update(uri));
    this.#disposables.push(
      watcher,
      watcher.onDidCreate(onChange),
      watcher.onDidChange(onChange),
      watcher.onDidDelete((uri) => {
        if (this.#declarations.delete(uri.toString())) this.#changed.fire();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.load()),
      this.#changed,
    );
  }

  /** What a job file says about the manifest, when one names it. */
  find(manifest: vscode.Uri): ManifestDeclaration | undefined {
    const wanted = manifest.toString();
    for (const entry of this.#declarations.values()) if (entry.manifest === wanted) return entry.declaration;
    return undefined;
  }

  /** Reads all job files of the workspace; `onDidChange` tells when something came of it. */
  load(): void {
    void this.#errors.run('Find job files', async () => {
      const found = await findWorkspaceFiles(allJobFiles, this.#log);
      this.#declarations.clear();
      await Promise.all(found.map((uri) => this.#read(uri)));
      this.#changed.fire();
    });
  }

  async #update(uri: vscode.Uri): Promise<void> {
    await this.#read(uri);
    this.#changed.fire();
  }

  async #read(uri: vscode.Uri): Promise<void> {
    let text: string;
    try {
      text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch (error) {
      // It vanished between being found and being read.
      this.#declarations.delete(uri.toString());
      this.#errors.logOnly(`Read ${uri.toString(true)}`, error);
      return;
    }
    const { readDeclaration } = await import('./readDeclaration.js');
    const declaration = readDeclaration(text);
    if (declaration === undefined) {
      this.#declarations.delete(uri.toString());
      return;
    }
    const manifest = vscode.Uri.joinPath(uri, '..', ...declaration.path.split('/')).toString();
    this.#declarations.set(uri.toString(), { manifest, declaration });
  }

  dispose(): void {
    for (const item of this.#disposables.splice(0)) item.dispose();
  }
}
