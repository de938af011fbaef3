import * as vscode from 'vscode';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { findJobFiles } from '../run/jobFilesOf.js';

/** What a new `launch.json` holds: the first row of each job file of the folder that invokes a function and the job itself, or an example. */
export async function initialConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
  const paths: string[] = [];
  for (const file of await findJobFiles()) {
    if (folder !== undefined && vscode.workspace.getWorkspaceFolder(file)?.uri.toString() !== folder.uri.toString()) continue;
    const { value } = parseJobFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
    const operation = value?.['Operation'] as Record<string, unknown> | undefined;
    if (operation?.['LambdaInvoke'] !== undefined) paths.push(vscode.workspace.asRelativePath(file, false));
  }
  return (paths.length === 0 ? ['job.s3job.json'] : paths).flatMap((path) => {
    const same = { type: 's3batch', request: 'launch' };
    const jobFile = `\${workspaceFolder}/${path}`;
    return [
      { ...same, name: vscode.l10n.t('Handler of {0} on row 1', path), jobFile, row: 1 },
      { ...same, name: vscode.l10n.t('Job {0}', path), jobFile, run: 'job' },
    ];
  });
}
