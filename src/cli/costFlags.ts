import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage } from '../base/errors.js';
import type { CostFacts } from '../core/cost/costOfJob.js';
import { isPriceOverride, priceNames, type PriceOverrides } from '../core/cost/priceTable.js';
import { isRecord } from '../core/operations/validateShape.js';
import type { CliIo } from './cliIo.js';
import { listOf, parseWholeNumber, usageError } from './commandLine.js';

/** Options of the estimate. */
export const costFlags = {
  cost: { type: 'boolean', default: false },
  rows: { type: 'string' },
  listed: { type: 'string' },
  duration: { type: 'string' },
  memory: { type: 'string' },
  arm: { type: 'boolean', default: false },
  price: { type: 'string', multiple: true },
  prices: { type: 'string' },
} as const;

export const costHelp = [
  '  --cost                 estimate what the job costs and how far it reaches, with the prices of --region',
  '  --rows N               with so many objects, when the manifest is not at hand (implies --cost)',
  '  --listed N             so many objects are in the source bucket of a generated list',
  '  --duration MS          milliseconds of an invocation, as a local run measured them; --memory MB (128) and --arm say of what function',
  '  --price NAME=USD       a price of your own; again for more. --prices FILE reads them from a JSON object',
];

interface CostValues {
  readonly cost: boolean;
  readonly rows?: string | undefined;
  readonly listed?: string | undefined;
  readonly duration?: string | undefined;
  readonly memory?: string | undefined;
  readonly arm: boolean;
  readonly price?: string[] | undefined;
  readonly prices?: string | undefined;
  readonly region?: string | undefined;
}

/** Throws a usage error for options that say something of an estimate that nobody asks for. */
export function isCostAsked(values: CostValues): boolean {
  if (values.cost || values.rows !== undefined) return true;
  const idle = (['listed', 'duration', 'memory', 'price', 'prices'] as const).find((name) => values[name] !== undefined);
  const option = idle ?? (values.arm ? 'arm' : undefined);
  if (option !== undefined) throw usageError(`Option '--${option}' needs '--cost'.`);
  return false;
}

/** What the options say of the estimate; the reach of the manifest is added by whoever reads it. */
export async function parseCostFacts(values: CostValues, io: CliIo): Promise<CostFacts> {
  const duration = values.duration === undefined ? undefined : Number(values.duration);
  if (duration !== undefined && !(duration > 0 && Number.isFinite(duration))) {
    throw usageError(`Option '--duration' takes milliseconds, not '${values.duration ?? ''}'.`);
  }
  return {
    rows: values.rows === undefined ? undefined : parseWholeNumber('--rows', values.rows, 0),
    listedObjects: values.listed === undefined ? undefined : parseWholeNumber('--listed', values.listed, 0),
    region: values.region ?? io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'],
    prices: { ...(await readPrices(values.prices, io)), ...Object.fromEntries((values.price ?? []).map(parsePrice)) },
    lambda:
      duration === undefined
        ? undefined
        : {
            durationMs: duration,
            memoryMb: values.memory === undefined ? undefined : parseWholeNumber('--memory', values.memory, 128),
            isArm: values.arm,
          },
  };
}

function parsePrice(text: string): readonly [string, number] {
  const [, name = '', price = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (!isPriceOverride(name, price === '' ? undefined : Number(price))) {
    throw usageError(`Option '--price' takes NAME=USD, not '${text}'. Names are ${listOf(priceNames)}.`);
  }
  return [name, Number(price)];
}

async function readPrices(path: string | undefined, io: CliIo): Promise<PriceOverrides> {
  if (path === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(await readFile(resolve(io.cwd, path), 'utf8'));
  } catch (error) {
    throw usageError(`The prices in ${path} can't be read: ${errorMessage(error)}`);
  }
  const wrong = isRecord(value) ? Object.entries(value).find(([name, price]) => !isPriceOverride(name, price)) : [path];
  if (!isRecord(value) || wrong !== undefined) {
    throw usageError(
      `${path} must be an object of prices in US dollars; '${wrong?.[0] ?? path}' is none. Names are ${listOf(priceNames)}.`,
    );
  }
  return value as PriceOverrides;
}
