import { isAbsolute, dirname, join, resolve } from 'node:path';
import type { EngineSettings } from '../../engine/contracts.js';
import type { LaunchOptions } from '../../engine/launchEngine.js';

type FunctionSettings = NonNullable<LaunchOptions['functions']>;

/** Everything that decides how the engine of a window is started. Paths are absolute unless said. */
export interface LaunchPlanInput {
  /** Workspace folders on disk, first is the one that relative settings refer to. */
  readonly folders: readonly string[];
  /** Where the extension may keep files of this workspace. */
  readonly storageDirectory: string;
  /** `s3batch.local.*` as written: paths may be relative, empty means not set. */
  readonly templates: readonly string[];
  /** Entries as written; a `folder` may be relative. The engine checks them. */
  readonly functions: readonly Readonly<Record<string, unknown>>[];
  readonly dataDirectory: string;
  readonly seedDirectory: string;
  readonly region: string;
  readonly python: string;
  readonly engine: Pick<EngineSettings, 'concurrency' | 'redrives' | 'redriveDelayMs'>;
  /** Templates found in the workspace; used when the setting names none. */
  readonly foundTemplates: readonly string[];
  readonly isDirectory: (path: string) => boolean;
}

export interface LaunchPlan {
  readonly dataDirectory: string;
  readonly templates: readonly string[];
  readonly functions: FunctionSettings;
  readonly seedDirectory: string | undefined;
  readonly region: string;
  readonly python: string | undefined;
  readonly engine: LaunchPlanInput['engine'];
}

/** Name of the folder beside a template whose sub-folders are the starting buckets. */
const seedFolderName = 'buckets';

export function planLaunch(input: LaunchPlanInput): LaunchPlan {
  const base = input.folders[0] ?? input.storageDirectory;
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));
  const configured = input.templates.filter((path) => path !== '').map(absolute);
  const templates = configured.length > 0 ? configured : input.foundTemplates.toSorted(byDepthThenName);
  const besideTemplate = templates.map((template) => join(dirname(template), seedFolderName)).find(input.isDirectory);
  return {
    dataDirectory: input.dataDirectory === '' ? join(input.storageDirectory, 'local') : absolute(input.dataDirectory),
    templates,
    functions: input.functions.map((entry) => withAbsoluteFolder(entry, absolute)) as readonly unknown[] as FunctionSettings,
    seedDirectory: input.seedDirectory === '' ? besideTemplate : absolute(input.seedDirectory),
    region: input.region,
    python: input.python === '' ? undefined : commandOrPath(input.python, absolute),
    engine: input.engine,
  };
}

function withAbsoluteFolder(
  entry: Readonly<Record<string, unknown>>,
  absolute: (path: string) => string,
): Readonly<Record<string, unknown>> {
  return typeof entry['folder'] === 'string' ? { ...entry, folder: absolute(entry['folder']) } : entry;
}

/** A bare name is looked up in PATH by the system; only something with a separator is a path. */
function commandOrPath(value: string, absolute: (path: string) => string): string {
  return /[/\\]/.test(value) ? absolute(value) : value;
}

function byDepthThenName(a: string, b: string): number {
  const depth = (path: string): number => path.split(/[/\\]/).length;
  return depth(a) - depth(b) || (a < b ? -1 : 1);
}
