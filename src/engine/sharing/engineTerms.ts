import { isDeepStrictEqual } from 'node:util';
import { defaultEngineSettings, type EngineSettings } from '../contracts.js';
import type { FunctionSetting } from '../lambda/functionSettings.js';

/** What an engine was started with, or what a window would start it with. */
export interface EngineTerms {
  /** Of the extension that the engine came with; empty where nobody knows. */
  readonly version: string;
  readonly region: string;
  readonly templates: readonly string[];
  readonly functions: readonly FunctionSetting[];
  readonly seedDirectory: string | undefined;
  readonly python: string | undefined;
  readonly settings: Partial<EngineSettings>;
}

export type Term = keyof EngineTerms;

/** What differs between a running engine and the one that a window asks for, in the order of `EngineTerms`. */
export function differingTerms(running: EngineTerms, wanted: EngineTerms): readonly Term[] {
  return (['version', 'region', 'templates', 'functions', 'seedDirectory', 'python', 'settings'] as const).filter((term) => {
    if (term === 'settings') return !isDeepStrictEqual(allSettings(running), allSettings(wanted));
    if (term === 'version') return running.version !== wanted.version && running.version !== '' && wanted.version !== '';
    // What is not set is missing from what came as JSON.
    return !isDeepStrictEqual(running[term] ?? '', wanted[term] ?? '');
  });
}

function allSettings({ settings }: EngineTerms): EngineSettings {
  return { ...defaultEngineSettings, ...settings };
}
