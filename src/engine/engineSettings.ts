import { BatchError } from '../base/errors.js';
import type { EngineSettings } from './contracts.js';
import { isChecksumAlgorithm } from './s3/checksum.js';

/** The settings of an engine as text: on the command lines of engine and run, and as a launcher hands them over. */

type SettingReader = (text: string) => Partial<EngineSettings> | undefined;

const settingReaders: Readonly<Record<keyof EngineSettings, SettingReader>> = {
  redrives: (text) => readNumber(text, (redrives) => ({ redrives })),
  redriveDelayMs: (text) => readNumber(text, (redriveDelayMs) => ({ redriveDelayMs })),
  concurrency: (text) => readPositive(text, (concurrency) => ({ concurrency })),
  memoryMb: (text) => readNumber(text, (memoryMb) => ({ memoryMb })),
  activeJobs: (text) => readPositive(text, (activeJobs) => ({ activeJobs })),
  s3KeyEncoding: (text) => (text === 'form' || text === 'echo' ? { s3KeyEncoding: text } : undefined),
  restoreDelayMs: (text) => readNumber(text, (restoreDelayMs) => ({ restoreDelayMs })),
  tokenLifeMs: (text) => readNumber(text, (tokenLifeMs) => ({ tokenLifeMs })),
  jobsPerPage: (text) => (/^0*[1-9]\d{0,2}$|^1000$/.test(text) ? { jobsPerPage: Number(text) } : undefined),
  copyPrefixJoin: (text) => (text === 'slash' || text === 'none' ? { copyPrefixJoin: text } : undefined),
  checksumAlgorithm: (text) => (isChecksumAlgorithm(text) ? { checksumAlgorithm: text } : undefined),
  checksumType: (text) => (text === 'FULL_OBJECT' || text === 'COMPOSITE' ? { checksumType: text } : undefined),
  environmentIdleMs: (text) => readNumber(text, (environmentIdleMs) => ({ environmentIdleMs })),
  environmentsPerFunction: (text) => readPositive(text, (environmentsPerFunction) => ({ environmentsPerFunction })),
  silenceMs: (text) => readPositive(text, (silenceMs) => ({ silenceMs })),
  functionErrors: (text) => (text === 'redrive' || text === 'fail' ? { functionErrors: text } : undefined),
  cancelGraceMs: (text) => readNumber(text, (cancelGraceMs) => ({ cancelGraceMs })),
  outputLimitMb: (text) => readNumber(text, (outputLimitMb) => ({ outputLimitMb })),
  generatedVersions: (text) => (text === 'current' || text === 'all' ? { generatedVersions: text } : undefined),
  emptyReport: (text) => (text === 'manifest' || text === 'none' ? { emptyReport: text } : undefined),
  reportKeyEncoding: (text) => (text === 'echo' || text === 'form' ? { reportKeyEncoding: text } : undefined),
  absentUserArguments: (text) =>
    text === 'omit' || text === 'null' || text === 'empty' ? { absentUserArguments: text } : undefined,
};

function readNumber(text: string, build: (value: number) => Partial<EngineSettings>): Partial<EngineSettings> | undefined {
  return /^\d{1,9}$/.test(text) ? build(Number(text)) : undefined;
}

function readPositive(text: string, build: (value: number) => Partial<EngineSettings>): Partial<EngineSettings> | undefined {
  return /^0+$/.test(text) ? undefined : readNumber(text, build);
}

/** Texts `NAME=VALUE`, of which the last of a name counts. Throws the BatchError `Usage`. */
export function parseEngineSettings(texts: readonly string[]): Partial<EngineSettings> {
  const settings: Partial<EngineSettings> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals));
    const reader = Object.hasOwn(settingReaders, name) ? settingReaders[name as keyof EngineSettings] : undefined;
    const read = reader?.(text.slice(equals + 1));
    if (read === undefined) {
      throw new BatchError('Usage', `one of ${Object.keys(settingReaders).join(', ')}; ${text} is not possible.`);
    }
    Object.assign(settings, read);
  }
  return settings;
}
