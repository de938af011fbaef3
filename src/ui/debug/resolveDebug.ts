import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { type DebugPlan, debugPlanVariable } from '../../core/handler/debugPlan.js';
import { parseFunctionArn } from '../../core/job/arn.js';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import type { JobFile } from '../../core/job/jobFile.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { FunctionSummary } from '../../core/job/target.js';
import { functionOption } from '../../core/wizard/functionOption.js';
import { activeFile } from '../platform/activeFile.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { Services } from '../platform/services.js';
import { gatherLaunchPlan } from '../platform/startEngineProcess.js';
import { jobFilesOf } from '../run/jobFilesOf.js';
import { manifestOf } from '../run/manifestOf.js';
import { type DebuggedJobs, sessionMember } from './debuggedJobs.js';
import { resolvePython } from './resolvePython.js';

/** A `launch.json` entry of type `s3batch`, as it may stand there: nothing of it is taken for granted. */
interface Configuration extends vscode.DebugConfiguration {
  readonly run?: unknown;
  readonly jobFile?: unknown;
  readonly manifest?: unknown;
  readonly row?: unknown;
  readonly breakOnRow?: unknown;
  readonly object?: unknown;
  readonly function?: unknown;
  readonly userArguments?: unknown;
  readonly schemaVersion?: unknown;
  readonly stopOnEntry?: unknown;
}

/** What the resolving needs of the window. */
export interface DebugResources {
  readonly services: Services;
  readonly jobs: Jobs;
  readonly debuggedJobs: () => Promise<DebuggedJobs>;
}

/**
 * Turns a configuration of ours into one of VS Code's JavaScript debugger, which starts `dist/debugHost.js`, or into one that debugpy
 * understands. The handler runs in the same environment as in a job on the local engine, which is started for its objects.
 */
export async function resolveDebug(
  { services, jobs, debuggedJobs }: DebugResources,
  folder: vscode.WorkspaceFolder | undefined,
  configuration: Configuration,
): Promise<vscode.DebugConfiguration | undefined> {
  const unavailable = services.engine.unavailability();
  if (unavailable !== undefined) throw unavailable;
  const isWholeJob = isJobRun(configuration);
  const { jobFile, job, manifest } = await findJob(configuration, folder);
  if (isWholeJob && jobFile === undefined) {
    throw new BatchError('NoJobFile', vscode.l10n.t('The debug configuration names no job file.'), {
      hint: vscode.l10n.t('Set "jobFile".'),
    });
  }
  if (job !== undefined && job.Operation.LambdaInvoke === undefined) {
    throw new BatchError('NoHandler', vscode.l10n.t('The job invokes no function, so there is no handler to debug.'));
  }
  const starting = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the local engine…') };
  const found = await vscode.window.withProgress(starting, async () => {
    const client = await jobs.targets.client(localTargetId);
    return { connection: await services.engine.start(), functions: await client.listFunctions() };
  });
  const chosen = await chooseFunction(found.functions, textOf(configuration, 'function'), job);
  if (chosen === undefined) return undefined;
  const language = languageOf(chosen);

  const { userArguments, schemaVersion } = job === undefined ? invocationOf(configuration) : invocationOfJob(job);
  const { dataDirectory: _dataDirectory, port: _port, ...environment } = found.connection;
  const launch = await gatherLaunchPlan(services);
  const { tasks, stopAt } =
    isWholeJob && jobFile !== undefined
      ? {
          tasks: await (await debuggedJobs()).announce(jobFile, found.connection),
          stopAt: wholeOf(configuration, 'breakOnRow') ?? (configuration.stopOnEntry === true ? 1 : undefined),
        }
      : tasksOf(configuration, manifest, job);
  const plan: DebugPlan = {
    functionArn: chosen.arn,
    templates: launch.templates,
    functions: launch.functions,
    environment: { ...environment, ...(launch.python === undefined ? {} : { python: launch.python }) },
    schemaVersion: schemaVersion === '2.0' ? '2.0' : '1.0',
    ...(userArguments === undefined ? {} : { userArguments }),
    tasks,
    ...(stopAt === undefined ? {} : { breakOnRow: stopAt }),
  };
  const {
    type: _type,
    run: _run,
    jobFile: _j,
    manifest: _m,
    row: _r,
    breakOnRow: _b,
    object: _o,
    function: _f,
    userArguments: _u,
    schemaVersion: _v,
    stopOnEntry: _s,
    ...others
  } = configuration;
  const own = 'session' in tasks ? { ...others, [sessionMember]: tasks.session } : others;
  services.log.info(
    `Debugging ${chosen.name}${jobFile === undefined ? '' : ` as ${vscode.workspace.asRelativePath(jobFile)} invokes it`}`,
  );
  if (language === 'python') return await resolvePython(services, plan, own);
  const base = folder?.uri ?? jobFile ?? manifest;
  return {
    console: 'internalConsole',
    skipFiles: ['<node_internals>/**', `${vscode.Uri.joinPath(services.context.extensionUri, 'dist').fsPath}/**`],
    sourceMaps: true,
    ...own,
    type: 'node',
    request: 'launch',
    program: vscode.Uri.joinPath(services.context.extensionUri, 'dist', 'debugHost.js').fsPath,
    ...(base === undefined ? {} : { cwd: folder?.uri.fsPath ?? vscode.Uri.joinPath(base, '..').fsPath }),
    // The program writes what the handler prints to its standard output, and nothing else does.
    outputCapture: 'std',
    env: { ...(own['env'] as Record<string, string> | undefined), [debugPlanVariable]: JSON.stringify(plan) },
  };
}

/** What the job file says when the job runs as a whole. */
const membersOfRows = ['manifest', 'row', 'object', 'function', 'userArguments', 'schemaVersion'] as const;

/** @throws BatchError for a configuration that contradicts itself */
function isJobRun(configuration: Configuration): boolean {
  const run = textOf(configuration, 'run');
  if (run !== undefined && run !== 'rows' && run !== 'job') throw misfit('run');
  if (run !== 'job') return false;
  const contradiction = membersOfRows.find((member) => configuration[member] !== undefined);
  if (contradiction === undefined) return true;
  throw new BatchError(
    'BadConfiguration',
    vscode.l10n.t('"{0}" has no place in a debug configuration with "run": "job".', contradiction),
    { hint: vscode.l10n.t('The whole job runs as its job file says. Leave it out, or leave "run" out to debug rows.') },
  );
}

/** How the function is invoked. */
interface Invocation {
  readonly userArguments: Readonly<Record<string, string>> | undefined;
  readonly schemaVersion: string | undefined;
}

function invocationOfJob({ Operation: { LambdaInvoke: invoke } }: JobFile): Invocation {
  return { userArguments: invoke?.UserArguments, schemaVersion: invoke?.InvocationSchemaVersion };
}

function invocationOf(configuration: Configuration): Invocation {
  const given = configuration.userArguments;
  if (given !== undefined && (typeof given !== 'object' || given === null || Object.values(given).some(isNoText))) {
    throw misfit('userArguments');
  }
  return {
    userArguments: given as Invocation['userArguments'],
    schemaVersion: textOf(configuration, 'schemaVersion'),
  };
}

function isNoText(value: unknown): boolean {
  return typeof value !== 'string';
}

interface Found {
  readonly jobFile: vscode.Uri | undefined;
  readonly job: JobFile | undefined;
  readonly manifest: vscode.Uri | undefined;
}

/** The job whose function is debugged, and its manifest: as the configuration names them, or by the job files that name the manifest. */
async function findJob(configuration: Configuration, folder: vscode.WorkspaceFolder | undefined): Promise<Found> {
  const given = fileOf(configuration, 'jobFile', folder);
  const manifest = fileOf(configuration, 'manifest', folder);
  const jobFile = given ?? (manifest === undefined ? undefined : await chooseJobFile(manifest));
  if (jobFile === undefined) return { jobFile, job: undefined, manifest };
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(jobFile));
  const { job } = parseJobFile(text);
  if (job === undefined) {
    throw new BatchError('BadJobFile', vscode.l10n.t('The job file {0} has errors.', vscode.workspace.asRelativePath(jobFile)), {
      hint: vscode.l10n.t('Correct what the Problems panel lists.'),
    });
  }
  return { jobFile, job, manifest: manifest ?? manifestOf(jobFile, job) };
}

async function chooseJobFile(manifest: vscode.Uri): Promise<vscode.Uri | undefined> {
  const files: vscode.Uri[] = [];
  for (const { file, value } of await jobFilesOf(manifest)) {
    if (typeof (value['Operation'] as Record<string, unknown> | undefined)?.['LambdaInvoke'] === 'object') files.push(file);
  }
  if (files.length < 2) return files[0];
  const items = files.map((file) => ({ label: vscode.workspace.asRelativePath(file), file }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Whose handler is to be debugged?') });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.file;
}

async function chooseFunction(
  functions: readonly FunctionSummary[],
  given: string | undefined,
  job: JobFile | undefined,
): Promise<FunctionSummary | undefined> {
  const wanted = given ?? job?.Operation.LambdaInvoke?.FunctionArn;
  if (wanted !== undefined) {
    const name = parseFunctionArn(wanted)?.name ?? wanted;
    const found = functions.find((item) => item.name === name);
    if (found !== undefined) return found;
    throw new BatchError('NoFunction', vscode.l10n.t('No template of this workspace declares the function {0}.', name), {
      hint: vscode.l10n.t('Declare it in template.yaml, or in the setting s3batch.local.functions.'),
    });
  }
  if (functions.length < 2 && functions[0] !== undefined) return functions[0];
  if (functions.length === 0) {
    throw new BatchError('NoFunction', vscode.l10n.t('No template of this workspace declares a function.'), {
      hint: vscode.l10n.t('Declare it in template.yaml, or in the setting s3batch.local.functions.'),
    });
  }
  const items = functions.map((item) => ({ ...functionOption(item), item }));
  const placeHolder = vscode.l10n.t('Which function is to be debugged?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.item;
}

/** What the function is debugged as. */
function languageOf({ name, runtime = '' }: FunctionSummary): 'node' | 'python' {
  if (runtime.startsWith('nodejs')) return 'node';
  if (runtime.startsWith('python')) return 'python';
  throw new BatchError(
    'NotDebuggable',
    runtime.startsWith('provided')
      ? vscode.l10n.t('{0} is an executable ({1}), which is not debugged from here.', name, runtime)
      : vscode.l10n.t('{0} has the runtime {1}, which is not debugged from here.', name, runtime),
    {
      hint: vscode.l10n.t(
        'Handlers in JavaScript, TypeScript and Python are. Attach the debugger of its language to its process while a job runs locally.',
      ),
    },
  );
}

function tasksOf(
  configuration: Configuration,
  manifest: vscode.Uri | undefined,
  job: JobFile | undefined,
): { readonly tasks: DebugPlan['tasks']; readonly stopAt: number | undefined } {
  const isStopped = configuration.stopOnEntry === true;
  const object = configuration.object as { bucket?: unknown; key?: unknown; versionId?: unknown } | undefined;
  if (object !== undefined && object !== null) {
    const { bucket, key, versionId } = object;
    if (typeof bucket !== 'string' || typeof key !== 'string' || bucket === '' || key === '') throw misfit('object');
    return {
      tasks: { bucket, key, ...(typeof versionId === 'string' ? { versionId } : {}) },
      stopAt: isStopped ? 1 : undefined,
    };
  }
  if (manifest === undefined) {
    throw new BatchError('NoManifest', vscode.l10n.t('The debug configuration names no manifest.'), {
      hint: vscode.l10n.t('Set "manifest", or "jobFile" of a job with a ManifestFile, or "object".'),
    });
  }
  const row = wholeOf(configuration, 'row');
  const breakOnRow = wholeOf(configuration, 'breakOnRow');
  const fields: readonly ManifestField[] = job?.Manifest?.Spec.Fields ?? ['Bucket', 'Key', 'VersionId'];
  const first = row ?? 1;
  const last = row ?? breakOnRow ?? 1;
  return {
    tasks: { manifest: manifest.fsPath, fields, first, last },
    stopAt: breakOnRow ?? (isStopped ? first : undefined),
  };
}

function textOf(configuration: Configuration, member: string): string | undefined {
  const value: unknown = configuration[member];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw misfit(member);
}

function fileOf(
  configuration: Configuration,
  member: string,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.Uri | undefined {
  const text = textOf(configuration, member);
  if (text === undefined) return undefined;
  const base = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
  const path = text.replace(/\$\{([^}]*)\}/g, (_match, name: string) => variable(name, base) ?? misfitVariable(member, name));
  const isAbsolute = /^([/\\]|[A-Za-z]:[/\\])/.test(path);
  return isAbsolute || base === undefined ? vscode.Uri.file(path) : vscode.Uri.joinPath(base, path);
}

/** The variables that name files. VS Code replaces them only after a configuration has its final type. */
function variable(name: string, base: vscode.Uri | undefined): string | undefined {
  if (name === 'workspaceFolder') return base?.fsPath;
  if (name === 'file') return activeFile()?.fsPath;
  const [kind, value] = name.split(':');
  return kind === 'workspaceFolder'
    ? vscode.workspace.workspaceFolders?.find((item) => item.name === value)?.uri.fsPath
    : undefined;
}

function misfitVariable(member: string, name: string): never {
  throw new BatchError('BadConfiguration', vscode.l10n.t('"{0}" of the debug configuration is not usable.', member), {
    hint: vscode.l10n.t('{0} has no value here. Use {1} or {2}.', `\${${name}}`, '${workspaceFolder}', '${file}'),
  });
}

function wholeOf(configuration: Configuration, member: string): number | undefined {
  const value: unknown = configuration[member];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw misfit(member);
}

function misfit(member: string): BatchError {
  return new BatchError('BadConfiguration', vscode.l10n.t('"{0}" of the debug configuration is not usable.', member), {
    hint: vscode.l10n.t('See the completion of launch.json for what it takes.'),
  });
}
