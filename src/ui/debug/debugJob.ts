import * as vscode from 'vscode';
import { jobFileSuffix } from '../../core/job/jobFile.js';
import { activeFile } from '../platform/activeFile.js';
import type { Services } from '../platform/services.js';
import { chooseJobFile } from '../run/chooseJobFile.js';
import { hasNoBreakpoint } from './hasNoBreakpoint.js';

/**
 * Runs a whole job on the local engine under the debugger: the job file given, the one in front, or one that is chosen. Resolves with
 * whether the debugger has started.
 */
export async function debugJob(services: Services, given: vscode.Uri | undefined): Promise<boolean> {
  const unavailable = services.engine.unavailability();
  if (unavailable !== undefined) throw unavailable;
  const file = given ?? activeJobFile() ?? (await chooseJobFile(vscode.l10n.t('Which job is to be debugged?')));
  if (file === undefined) return false;
  return await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), jobConfiguration(file));
}

export function activeJobFile(): vscode.Uri | undefined {
  const file = activeFile();
  return file?.path.endsWith(jobFileSuffix) === true ? file : undefined;
}

/** The configuration that debugs a job as a whole. */
export function jobConfiguration(file: vscode.Uri): vscode.DebugConfiguration {
  return {
    type: 's3batch',
    request: 'launch',
    name: vscode.l10n.t('Job {0}', vscode.workspace.asRelativePath(file)),
    run: 'job',
    jobFile: file.fsPath,
    stopOnEntry: hasNoBreakpoint(),
  };
}
