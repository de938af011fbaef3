import { isAbsolute, resolve } from 'node:path';
import { BatchError } from '../../base/errors.js';
import type { FunctionDefinition } from '../contracts.js';
import { lambdaArn } from './functionName.js';
import { defaultMemoryMb, defaultTimeoutSeconds } from './samTemplate.js';

/** A function written down without a template: an entry of the setting `s3batch.local.functions`. */
export interface FunctionSetting {
  readonly name: string;
  /** Folder of the code: absolute, or relative to `baseDirectory`. */
  readonly folder: string;
  /** `app.handler`. */
  readonly handler: string;
  /** `nodejs22.x`, `python3.12`. */
  readonly runtime: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  /** Environments at once, at most. */
  readonly reservedConcurrency?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/**
 * Checks one entry and turns it into a definition. `value` is what stood in the settings, so nothing of it is taken for granted.
 * @throws BatchError `InvalidFunction` that names the entry and the member.
 */
export function readFunctionSetting(
  value: unknown,
  index: number,
  options: { baseDirectory: string; region: string; accountId: string },
): FunctionDefinition {
  const where = `Local function ${index + 1}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} must be an object.`);
  const entry = value as Partial<Record<keyof FunctionSetting, unknown>>;
  const text = (member: 'name' | 'folder' | 'handler' | 'runtime'): string => {
    const found = entry[member];
    if (typeof found !== 'string' || found === '') throw invalid(`${where} has no ${member}.`);
    return found;
  };
  const whole = (
    member: 'timeoutSeconds' | 'memoryMb' | 'reservedConcurrency',
    preset: number,
    min: number,
    max: number,
  ): number => {
    const found = entry[member] ?? preset;
    if (typeof found === 'number' && Number.isInteger(found) && found >= min && found <= max) return found;
    throw invalid(`${member} of ${where.toLowerCase()} must be a whole number from ${min} to ${max}.`);
  };
  const name = text('name');
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) throw invalid(`${name} is not a possible function name.`);
  const folder = text('folder');
  const environment = entry.environment ?? {};
  if (typeof environment !== 'object' || Object.values(environment).some((item) => typeof item !== 'string')) {
    throw invalid(`environment of ${where.toLowerCase()} must be an object of texts.`);
  }
  return {
    name,
    logicalId: name,
    arn: lambdaArn(options.region, options.accountId, name),
    runtime: text('runtime'),
    handler: text('handler'),
    codeDirectory: isAbsolute(folder) ? folder : resolve(options.baseDirectory, folder),
    timeoutMs: whole('timeoutSeconds', defaultTimeoutSeconds, 1, 900) * 1000,
    memoryMb: whole('memoryMb', defaultMemoryMb, 128, 10_240),
    environment: { ...(environment as Record<string, string>) },
    ...(entry.reservedConcurrency === undefined ? {} : { reservedConcurrency: whole('reservedConcurrency', 0, 0, 10_000) }),
    ...(typeof entry.description === 'string' ? { description: entry.description } : {}),
  };
}

function invalid(message: string): BatchError {
  return new BatchError('InvalidFunction', message, { hint: 'See the setting s3batch.local.functions.' });
}
