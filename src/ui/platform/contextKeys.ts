import * as vscode from 'vscode';
import type { ContextKeyId, ContextKeyTypes } from './contextKeyTypes.js';

/** The only caller of `setContext`. Sends a value only when it differs from the last one sent. */
export class ContextKeys {
  readonly #sent = new Map<ContextKeyId, unknown>();

  set<K extends ContextKeyId>(key: K, value: ContextKeyTypes[K]): void {
    if (this.#sent.get(key) === value) return;
    this.#sent.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
