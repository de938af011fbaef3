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

interface EntryBase {
  readonly name: string;
  readonly logicalId: string;
  /** Where it is declared, for people. */
  readonly place: string;
}

type Entry = EntryBase & ({ readonly definition: FunctionDefinition } | { readonly problem: BatchError });

/**
 * The functions of the templates and the settings. Templates are read when asked for and again when they have changed. Of several
 * functions with one name the first counts; its definition and a warning in the log name the others. A function that can't be used is
 * missing from `list`, with a warning in the log, and `find` rejects with its problem.
 */
export function createFunctionRegistry(options: FunctionRegistryOptions): FunctionRegistry {
  return new TemplateRegistry(options);
}

class TemplateRegistry implements FunctionRegistry {
  readonly #options: FunctionRegistryOptions;
  readonly #templates: readonly string[];
  readonly #cache = new Map<string, { stamp: string; entries: readonly Entry[] }>();
  #settingEntries: readonly Entry[] | undefined;
  /** Warnings that the log has. */
  readonly #told = new Set<string>();

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
    const byName = new Map<string, [Entry, ...Entry[]]>();
    for (const entry of [...groups.flat(), ...this.#settingEntries]) {
      const before = byName.get(entry.name);
      if (before === undefined) byName.set(entry.name, [entry]);
      else before.push(entry);
    }
    return [...byName.values()].map((entries) => this.#firstOf(entries));
  }

  /** The entry that counts of those with one name. */
  #firstOf([first, ...others]: readonly [Entry, ...Entry[]]): Entry {
    if (others.length === 0) return first;
    const places = others.map(({ place }) => place);
    const text = `The function ${first.name} is declared in ${first.place} and again in ${places.join(', ')}; the first counts.`;
    if (!this.#told.has(text)) this.#options.log.warn(text);
    this.#told.add(text);
    return 'problem' in first ? first : { ...first, definition: { ...first.definition, ambiguity: text } };
  }

  #readSettings(): readonly Entry[] {
    const { functions = [], region, accountId } = this.#options;
    const baseDirectory = this.#options.baseDirectory ?? process.cwd();
    return functions.map((value, index) => {
      const definition = readFunctionSetting(value, index, { baseDirectory, region, accountId });
      const place = `entry ${index + 1} of the setting s3batch.local.functions`;
      return { name: definition.name, logicalId: definition.logicalId, place, definition };
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
    const declared = readTemplate(file, text, { region, accountId, warn: (message) => log.warn(message) });
    const entries = declared.map((entry): Entry => {
      if ('problem' in entry) log.warn(entry.problem.message);
      return { ...entry, place: `${file}:${entry.line}` };
    });
    this.#cache.set(file, { stamp, entries });
    return entries;
  }
}
