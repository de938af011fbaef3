import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { type DebugPlan, debugPlanVariable, type PreparedPython, type PythonDebuggee } from '../../core/handler/debugPlan.js';
import type { Services } from '../platform/services.js';

/** Where a resolved configuration carries the command of its debug adapter. */
const adapterMember = 'debugAdapterCommand';

/** The extension that brings a debugpy of its own, and what of its API is used here. */
const pythonDebuggerId = 'ms-python.debugpy';
interface PythonDebuggerApi {
  readonly debug?: { getDebuggerPackagePath?(): Promise<string | undefined> };
}

/**
 * Turns a plan into a configuration that debugpy's adapter launches. It keeps our type: the adapter is started by us, so that no other
 * extension is needed. debugpy is that of the interpreter which runs the function, else that of the extension Python Debugger.
 */
export async function resolvePython(
  services: Services,
  plan: DebugPlan,
  own: Omit<vscode.DebugConfiguration, 'type'>,
): Promise<vscode.DebugConfiguration> {
  const variables = own['env'] as DebugPlan['variables'];
  const { launch, executable, debugpy } = await prepare(services, variables === undefined ? plan : { ...plan, variables });
  const adapter = [executable, join(debugpy ?? (await debugpyOfExtension(executable)), 'adapter')];
  services.log.info(`Python is debugged by ${adapter.join(' ')}`);
  return {
    name: '',
    console: 'internalConsole',
    justMyCode: true,
    // A handler's own processes would wait for a debugger of theirs.
    subProcess: false,
    ...own,
    type: 's3batch',
    request: 'launch',
    ...launch,
    [adapterMember]: adapter,
  };
}

/** Asks the program that will run the rows how a debugger has to start it: it knows how functions run. */
async function prepare(services: Services, plan: DebugPlan): Promise<PythonDebuggee> {
  const program = vscode.Uri.joinPath(services.context.extensionUri, 'dist', 'debugHost.js').fsPath;
  const asked: DebugPlan = { ...plan, isPrepared: true };
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', [debugPlanVariable]: JSON.stringify(asked) };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env, windowsHide: true, maxBuffer: 1 << 26 });
  const prepared = JSON.parse(stdout) as PreparedPython;
  if (!('error' in prepared)) return prepared;
  const { code, message, hint } = prepared.error;
  throw new BatchError(code, message, hint === undefined ? {} : { hint });
}

async function debugpyOfExtension(executable: string): Promise<string> {
  const api = await vscode.extensions.getExtension<PythonDebuggerApi>(pythonDebuggerId)?.activate();
  const folder = await api?.debug?.getDebuggerPackagePath?.();
  if (folder !== undefined) return folder;
  throw new BatchError('NoDebugpy', vscode.l10n.t('{0} has no debugpy, which Python is debugged with.', executable), {
    hint: vscode.l10n.t(
      'Run "{0}", or install the extension Python Debugger ({1}). Another interpreter can be named in the setting {2}.',
      `${executable} -m pip install debugpy`,
      pythonDebuggerId,
      's3batch.local.python',
    ),
  });
}

/** The adapter of a session whose configuration was resolved here. */
export function adapterOf(session: vscode.DebugSession): vscode.DebugAdapterDescriptor | undefined {
  const [command, ...args] = (session.configuration[adapterMember] ?? []) as readonly string[];
  return command === undefined ? undefined : new vscode.DebugAdapterExecutable(command, args);
}
