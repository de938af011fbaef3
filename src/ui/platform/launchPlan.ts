import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { EngineSettings } from '../../engine/contracts.js';
import type { LaunchOptions } from '../../engine/launchEngine.js';
import type { EngineTerms } from '../../engine/sharing/engineTerms.js';

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
  readonly engine: Pick<EngineSettings, 'concurrency' | 'memoryMb' | 'redrives' | 'redriveDelayMs'>;
  /** Templates found in the workspace; used when the setting names none. */
  readonly foundTemplates: readonly string[];
  readonly isDirectory: (path: string) => boolean;
}

export interface LaunchPlan extends Omit<EngineTerms, 'version'> {
  readonly dataDirectory: string;
}

/** Name of the folder beside a template whose sub-folders are the starting buckets. */
const seedFolderName = 'buckets';

export function planLaunch(input: LaunchPlanInput): LaunchPlan {
  const absolute = absolutePath(input);
  const configured = input.templates.filter((path) => path !== '').map(absolute);
  const templates = configured.length > 0 ? configured : input.foundTemplates.toSorted(byDepthThenName);
  const besideTemplate = templates.map((template) => join(dirname(template), seedFolderName)).find(input.isDirectory);
  return {
    dataDirectory: dataDirectoryOf(input),
    templates,
    functions: input.functions.map((entry) => withAbsoluteFolder(entry, absolute)) as readonly unknown[] as FunctionSettings,
    seedDirectory: input.seedDirectory === '' ? besideTemplate : absolute(input.seedDirectory),
    region: input.region,
    python: input.python === '' ? undefined : commandOrPath(input.python, absolute),
    settings: input.engine,
  };
}

/** The data folder of a window, which all windows of a workspace share. */
export function dataDirectoryOf(input: Pick<LaunchPlanInput, 'folders' | 'storageDirectory' | 'dataDirectory'>): string {
  if (input.dataDirectory !== '') return absolutePath(input)(input.dataDirectory);
  return join(firstStorage(input.storageDirectory), 'local');
}

/**
 * The storage of the first window of a workspace. VS Code gives every further window of the same folder (in a browser, or on a remote
 * machine) one of its own: `workspaceStorage/<workspace>-1/<extension>`, `-2` and so on up to 9.
 */
function firstStorage(storageDirectory: string): string {
  const workspace = dirname(storageDirectory);
  const first = /^(.+)-[1-9]$/.exec(basename(workspace))?.[1];
  if (first === undefined || basename(dirname(workspace)) !== 'workspaceStorage') return storageDirectory;
  return join(dirname(workspace), first, basename(storageDirectory));
}

/** Relative settings start at the first folder of the workspace. */
function absolutePath({
  folders,
  storageDirectory,
}: Pick<LaunchPlanInput, 'folders' | 'storageDirectory'>): (path: string) => string {
  const base = folders[0] ?? storageDirectory;
  return (path) => (isAbsolute(path) ? path : resolve(base, path));
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
