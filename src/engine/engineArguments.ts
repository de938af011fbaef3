import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BatchError, errorMessage } from '../base/errors.js';
import { parseEngineSettings } from './engineSettings.js';
import type { FunctionSetting } from './lambda/functionSettings.js';
import { functionsVariable } from './launchEngine.js';
import type { EngineOptions } from './startEngine.js';

export interface EngineArguments {
  readonly options: EngineOptions;
  /** End when standard input closes: whoever holds the other end has gone. */
  readonly exitsWithParent: boolean;
  /** Its parent is one of the windows that use it: the engine ends with the last of them. It hears messages on standard input. */
  readonly isShared: boolean;
  /** Descriptor of the pipe that messages to the parent of a shared engine go to; standard output when absent. */
  readonly messagesFd: number | undefined;
}

export const engineUsage =
  'Usage: s3batch engine [--port N] [--data DIR] [--template FILE]... [--region REGION] [--seed DIR] [--function JSON]... [--python COMMAND] [--setting NAME=VALUE]... [--exit-with-parent | --shared [--messages-fd N]]';

/** Where objects and jobs are kept unless said: in the current folder, so that projects do not mix. */
const defaultDataDirectory = '.s3batch';

/**
 * Reads the arguments of the engine's process, and the functions that a launcher hands over in the environment. Relative paths count
 * from `cwd`. Throws the BatchError `Usage`.
 */
export function parseEngineArguments(
  argv: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): EngineArguments {
  const { values } = readOptions(argv);
  const {
    port,
    data = defaultDataDirectory,
    template = [],
    region,
    seed,
    setting = [],
    function: functions = [],
    python,
  } = values;
  return {
    options: {
      dataDirectory: resolve(cwd, data),
      templates: template.map((file) => resolve(cwd, file)),
      settings: readSettings(setting),
      functions: [...readHandedOver(environment[functionsVariable]), ...functions.map(readFunction)],
      ...(python === undefined ? {} : { python }),
      ...(port === undefined ? {} : { port: readPort(port) }),
      ...(region === undefined ? {} : { region: readRegion(region) }),
      ...(seed === undefined ? {} : { seedDirectory: resolve(cwd, seed) }),
    },
    exitsWithParent: values['exit-with-parent'] ?? false,
    isShared: values.shared ?? false,
    messagesFd: values['messages-fd'] === undefined ? undefined : readDescriptor(values['messages-fd']),
  };
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        template: { type: 'string', multiple: true },
        region: { type: 'string' },
        seed: { type: 'string' },
        setting: { type: 'string', multiple: true },
        function: { type: 'string', multiple: true },
        python: { type: 'string' },
        'exit-with-parent': { type: 'boolean' },
        shared: { type: 'boolean' },
        'messages-fd': { type: 'string' },
      },
    });
  } catch (error) {
    throw usageError(errorMessage(error), error);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw usageError(`--port must be a number from 0 to 65535, not ${text}.`);
  return port;
}

function readDescriptor(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw usageError(`--messages-fd must be the number of an open pipe, not ${text}.`);
  return Number(text);
}

function readRegion(text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) throw usageError(`--region must be a Region such as us-east-1, not ${text}.`);
  return text;
}

function readHandedOver(text: string | undefined): readonly FunctionSetting[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as readonly FunctionSetting[];
  } catch {
    // Told below, without the text: it may hold secrets.
  }
  throw usageError(`${functionsVariable} is not a list of functions in JSON.`);
}

/** Any value: the registry of functions says what is wrong with it, by its place in the list. */
function readFunction(text: string): FunctionSetting {
  try {
    return JSON.parse(text) as FunctionSetting;
  } catch (error) {
    throw usageError(`--function takes a function in JSON; ${text} is none: ${errorMessage(error)}`, error);
  }
}

function readSettings(texts: readonly string[]): EngineOptions['settings'] & object {
  try {
    return parseEngineSettings(texts);
  } catch (error) {
    throw usageError(`--setting takes NAME=VALUE with ${errorMessage(error)}`, error);
  }
}

function usageError(message: string, cause?: unknown): BatchError {
  return new BatchError('Usage', message, { hint: engineUsage, cause });
}
