import * as vscode from 'vscode';
import { type SettingId, type SettingValue, type Setting, settingTable } from './settingTable.js';

/** Typed settings. A value that is not acceptable counts as the default, and is logged once. */
export class Settings {
  readonly #log: vscode.LogOutputChannel;
  readonly #complained = new Set<string>();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  get<K extends SettingId>(id: K, scope?: vscode.ConfigurationScope): SettingValue<K> {
    const setting = settingTable[id] as unknown as Setting<SettingValue<K>>;
    const value = vscode.workspace.getConfiguration(undefined, scope ?? null).get<unknown>(id);
    if (value === undefined) return setting.default;
    const parsed = setting.parse(value);
    if (parsed !== undefined) return parsed;
    const complaint = `${id}: ${JSON.stringify(value)} is not an acceptable value; using ${JSON.stringify(setting.default)}.`;
    if (!this.#complained.has(complaint)) {
      this.#complained.add(complaint);
      this.#log.warn(complaint);
    }
    return setting.default;
  }

  /** Writes a value where the one in force is written: the workspace if it has one of its own, else the user's settings. */
  async set<K extends SettingId>(id: K, value: SettingValue<K>): Promise<void> {
    const configuration = vscode.workspace.getConfiguration();
    const isOfWorkspace = configuration.inspect(id)?.workspaceValue !== undefined;
    const place = isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await configuration.update(id, value, place);
  }

  /** Calls back when one of the settings, or one below a prefix such as `s3batch.local`, changes anywhere. */
  onDidChange(idsOrPrefixes: readonly string[], listener: (event: vscode.ConfigurationChangeEvent) => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (idsOrPrefixes.some((id) => event.affectsConfiguration(id))) listener(event);
    });
  }
}
