import { type AwsTargetSetting, awsTargetId, parseAwsTargetSetting } from '../../core/job/awsTarget.js';
import { type ConfirmLimits, defaultConfirmLimits } from '../../core/cost/confirmation.js';
import { isPriceOverride, type PriceOverrides } from '../../core/cost/priceTable.js';
import { defaultEngineSettings, type EngineSettings } from '../../engine/contracts.js';

/** One setting: its default, and the check that a value written by hand in settings.json must pass. */
export interface Setting<T> {
  readonly default: T;
  /** The value when it is acceptable, else undefined. */
  readonly parse: (value: unknown) => T | undefined;
}

function text(defaultValue: string): Setting<string> {
  return { default: defaultValue, parse: (value) => (typeof value === 'string' ? value.trim() : undefined) };
}

function choice<const T extends string>(values: readonly T[], defaultValue: NoInfer<T>): Setting<T> {
  return { default: defaultValue, parse: (value) => values.find((item) => item === value) };
}

function integer(defaultValue: number, min: number, max: number): Setting<number> {
  return {
    default: defaultValue,
    parse: (value) => (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined),
  };
}

function textList(defaultValue: readonly string[]): Setting<readonly string[]> {
  return {
    default: defaultValue,
    parse: (value) => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined),
  };
}

function objectList(): Setting<readonly Readonly<Record<string, unknown>>[]> {
  const isObject = (item: unknown): item is Record<string, unknown> =>
    typeof item === 'object' && item !== null && !Array.isArray(item);
  return { default: [], parse: (value) => (Array.isArray(value) && value.every(isObject) ? value : undefined) };
}

function choiceMap<const T extends string>(values: readonly T[]): Setting<Readonly<Record<string, T>>> {
  const isChoice = (value: unknown): value is T => values.some((item) => item === value);
  return {
    default: {},
    parse(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value);
      // One entry that is wrong must not switch off all others.
      return Object.fromEntries(entries.filter((entry): entry is [string, T] => isChoice(entry[1])));
    },
  };
}

function targetList(): Setting<readonly AwsTargetSetting[]> {
  return {
    default: [],
    parse(value) {
      if (!Array.isArray(value)) return undefined;
      // An entry that is wrong must not hide the others, and one that is there twice is one target.
      const targets = value.map(parseAwsTargetSetting).filter((target) => target !== undefined);
      return [...new Map(targets.map((target) => [awsTargetId(target), target])).values()];
    },
  };
}

function confirmLimits(): Setting<ConfirmLimits> {
  return {
    default: defaultConfirmLimits,
    parse(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const { objects, cost, local } = { ...defaultConfirmLimits, ...value } as Record<string, unknown>;
      const isLimit = (limit: unknown): limit is number => typeof limit === 'number' && limit >= 0;
      return isLimit(objects) && isLimit(cost) && typeof local === 'boolean' ? { objects, cost, local } : undefined;
    },
  };
}

function prices(): Setting<PriceOverrides> {
  return {
    default: {},
    parse(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      return Object.fromEntries(Object.entries(value).filter(([name, price]) => isPriceOverride(name, price)));
    },
  };
}

/** Settings of the engine that have none of their own here. Which values are possible is checked by the engine, which says so. */
function engineSettings(): Setting<Partial<EngineSettings>> {
  const defaults: Readonly<Record<string, unknown>> = { ...defaultEngineSettings };
  return {
    default: {},
    parse(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const isOne = ([name, item]: [string, unknown]): boolean =>
        Object.hasOwn(defaults, name) && typeof item === typeof defaults[name];
      return Object.fromEntries(Object.entries(value).filter(isOne)) as Partial<EngineSettings>;
    },
  };
}

/** Every setting of the extension. package.json contributes exactly these with these defaults; a test holds the two equal. */
export const settingTable = {
  's3batch.manifest.files': textList(['**/manifest*.csv', '**/*.manifest.csv', '**/*-manifest.csv']),
  's3batch.manifest.rules': choiceMap(['error', 'warning', 'information', 'off']),
  's3batch.manifest.codeLens': choice(['on', 'off'], 'on'),
  's3batch.local.templates': textList([]),
  /** What an entry must hold is checked by the engine, which says what is wrong with which. */
  's3batch.local.functions': objectList(),
  's3batch.local.dataDirectory': text(''),
  's3batch.local.seedDirectory': text(''),
  's3batch.local.region': text('us-east-1'),
  's3batch.local.python': text(''),
  's3batch.local.concurrency': integer(defaultEngineSettings.concurrency, 1, 1000),
  's3batch.local.memoryMb': integer(defaultEngineSettings.memoryMb, 0, 1_048_576),
  's3batch.local.redrives': integer(defaultEngineSettings.redrives, 0, 100),
  's3batch.local.redriveDelayMs': integer(defaultEngineSettings.redriveDelayMs, 0, 3_600_000),
  's3batch.local.emulated': engineSettings(),
  's3batch.targets': targetList(),
  's3batch.jobs.confirmAbove': confirmLimits(),
  's3batch.cost.prices': prices(),
  's3batch.cost.region': text(''),
  's3batch.jobs.notifications': choice(['always', 'failures', 'never'], 'always'),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingId = keyof typeof settingTable;
export type SettingValue<K extends SettingId> = (typeof settingTable)[K] extends Setting<infer T> ? T : never;

export const settingIds = Object.keys(settingTable) as readonly SettingId[];
