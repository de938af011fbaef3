import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { activeFile } from '../platform/activeFile.js';
import type { DebugTask } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { hasNoBreakpoint } from './hasNoBreakpoint.js';

/**
 * Starts the debugger on the handler for one row: of a manifest (the one given, or that of the cursor), or a task of a report.
 * Resolves with whether the debugger has started.
 */
export async function debugRow(services: Services, given: vscode.Uri | DebugTask | undefined): Promise<boolean> {
  const unavailable = services.engine.unavailability();
  if (unavailable !== undefined) throw unavailable;
  const { file, configuration } = await rowConfiguration(services, given);
  return await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), configuration);
}

/** The configuration that debugs one row, and the file whose workspace folder its session belongs to. */
export async function rowConfiguration(
  services: Services,
  given?: vscode.Uri | DebugTask,
): Promise<{ readonly file: vscode.Uri; readonly configuration: vscode.DebugConfiguration }> {
  const { name, file, ...target } = given !== undefined && 'bucket' in given ? ofTask(given) : await ofManifest(services, given);
  const configuration = {
    type: 's3batch',
    request: 'launch',
    name,
    ...target,
    stopOnEntry: hasNoBreakpoint(),
  };
  return { file, configuration };
}

interface Target {
  readonly name: string;
  /** Whose workspace folder the session belongs to. */
  readonly file: vscode.Uri;
  readonly [member: string]: unknown;
}

function ofTask({ bucket, key, versionId, jobFile, functionArn, userArguments, schemaVersion }: DebugTask): Target {
  const file = jobFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (file === undefined) throw new BatchError('NoFolder', vscode.l10n.t('The local engine needs an open folder.'));
  return {
    name: vscode.l10n.t('Handler on {0}', `${bucket}/${key}`),
    file,
    object: { bucket, key, ...(versionId === undefined ? {} : { versionId }) },
    ...(jobFile === undefined ? {} : { jobFile: jobFile.fsPath }),
    ...(functionArn === undefined ? {} : { function: functionArn }),
    ...(userArguments === undefined ? {} : { userArguments }),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
  };
}

async function ofManifest(services: Services, given: vscode.Uri | undefined): Promise<Target> {
  const file = given ?? activeFile();
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === file?.toString());
  if (file === undefined || editor === undefined) {
    throw new BatchError('NoRow', vscode.l10n.t('Open the manifest and put the cursor into a row.'));
  }
  // The program reads the file.
  if (editor.document.isDirty) await editor.document.save();
  const row = editor.selection.active.line + 1;
  services.log.debug(`Debugging row ${row} of ${file.toString()}`);
  return { name: vscode.l10n.t('Handler on row {0}', row), file, manifest: file.fsPath, row };
}
