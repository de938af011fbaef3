import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import type { EngineLog, FunctionDefinition, FunctionRegistry } from '../contracts.js';
import { parseFunctionName } from './functionName.js';
import { type FunctionSetting, readFunctionSetting } from './functionSettings.js';
import { readTemplate } from './samTemplate.js';

export interface FunctionRegistryOptions {
  /** SAM or CloudFormation templates; relative paths count from `baseDirectory`. */
  readonly templates: readonly string[];
  /** Entries of `s3batch.local.functions`. */
  readonly functions?: readonly FunctionSetting[];
  /** The folder that relative paths count from; the current one unless said. */
  readonly baseDirectory?: string;
  readonly region: string;
  readonly accountId: string;
  readonly log: EngineLog;
}

type Entry =
  | { readonly name: string; readonly logicalId: string; readonly definition: FunctionDefinition }
  | { readonly name: string; readonly logicalId: string; readonly problem: BatchError };

/**
 * The functions of the templates and the settings. Templates are read when asked for and again when they have changed. Of two
 * functions with one name the first counts. A function that can't be used is missing from `list`, with a warning in the log, and
 * `find` rejects with its problem.
 */
export function createFunctionRegistry(options: FunctionRegistryOptions): FunctionRegistry {
  return new TemplateRegistry(options);
}

class TemplateRegistry implements FunctionRegistry {
  readonly #options: FunctionRegistryOptions;
  readonly #templates: readonly string[];
  readonly #cache = new Map<string, { stamp: string; entries: readonly Entry[] }>();
  #settingEntries: readonly Entry[] | undefined;

  constructor(options: FunctionRegistryOptions) {
    this.#options = options;
    const base = options.baseDirectory ?? process.cwd();
    this.#templates = options.templates.map((template) => resolve(base, template));
  }

  async list(): Promise<readonly FunctionDefinition[]> {
    return (await this.#entries()).flatMap((entry) => ('definition' in entry ? [entry.definition] : []));
  }

  async find(nameOrArn: string): Promise<FunctionDefinition | undefined> {
    const wanted = parseFunctionName(nameOrArn)?.name;
    if (wanted === undefined) return undefined;
    const entries = await this.#entries();
    const entry = entries.find((item) => item.name === wanted) ?? entries.find((item) => item.logicalId === wanted);
    if (entry === undefined) return undefined;
    if ('problem' in entry) throw entry.problem;
    const folder = await stat(entry.definition.codeDirectory).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw error;
    });
    if (folder?.isDirectory() === true) return entry.definition;
    throw new BatchError(
      'InvalidTemplate',
      `The code of ${entry.name} should be in ${entry.definition.codeDirectory}, which is no folder.`,
      {
        hint: 'Correct CodeUri in the template. Packed code (zip, jar) must be unpacked into a folder.',
      },
    );
  }

  async #entries(): Promise<readonly Entry[]> {
    this.#settingEntries ??= this.#readSettings();
    const groups = await Promise.all(this.#templates.map((template) => this.#readTemplate(template)));
    const seen = new Set<string>();
    return [...groups.flat(), ...this.#settingEntries].filter((entry) => {
      if (seen.has(entry.name)) return false;
      seen.add(entry.name);
      return true;
    });
  }

  #readSettings(): readonly Entry[] {
    const { functions = [], region, accountId } = this.#options;
    const baseDirectory = this.#options.baseDirectory ?? process.cwd();
    return functions.map((value, index) => {
      const definition = readFunctionSetting(value, index, { baseDirectory, region, accountId });
      return { name: definition.name, logicalId: definition.logicalId, definition };
    });
  }

  async #readTemplate(file: string): Promise<readonly Entry[]> {
    const { region, accountId, log } = this.#options;
    let stamp: string;
    let text: string;
    try {
      const info = await stat(file);
      stamp = `${info.mtimeMs} ${info.size} ${info.ino}`;
      const cached = this.#cache.get(file);
      if (cached?.stamp === stamp) return cached.entries;
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new BatchError('InvalidTemplate', `The template ${file} can't be read: ${errorMessage(error)}`, {
        hint: 'Check the path of the template.',
        cause: error,
      });
    }
    const entries = readTemplate(file, text, { region, accountId, warn: (message) => log.warn(message) });
    const names = new Set<string>();
    for (const entry of entries) {
      if ('problem' in entry) log.warn(entry.problem.message);
      if (names.has(entry.name))
        log.warn(`${file}:${entry.line}: there is another function ${entry.name}; this one is not used.`);
      names.add(entry.name);
    }
    this.#cache.set(file, { stamp, entries });
    return entries;
  }
}
