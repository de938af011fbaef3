import * as vscode from 'vscode';
import { allJobFiles, findWorkspaceFiles } from '../platform/findWorkspaceFiles.js';
import { taskArguments } from './taskArguments.js';

const taskType = 's3batch';

/** Local runs as tasks: one for each job file of the workspace, and those of tasks.json. They run the command line in a terminal. */
export class JobTasks implements vscode.TaskProvider {
  readonly #cli: string;

  constructor(extension: vscode.Uri) {
    this.#cli = vscode.Uri.joinPath(extension, 'dist', 'cli.js').fsPath;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const found = await findWorkspaceFiles(allJobFiles);
    return found
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap((uri) => {
        const folder = vscode.workspace.getWorkspaceFolder(uri);
        if (folder?.uri.scheme !== 'file') return [];
        return this.#task({ type: taskType, jobFile: vscode.workspace.asRelativePath(uri, false) }, folder) ?? [];
      });
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    if (!vscode.workspace.isTrusted) return undefined;
    const { scope } = task;
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    // The definition must be the very object that came, by which VS Code knows it again.
    return folder === undefined ? undefined : this.#task(task.definition, folder);
  }

  #task(
    definition: vscode.TaskDefinition & { readonly jobFile?: unknown },
    folder: vscode.WorkspaceFolder,
  ): vscode.Task | undefined {
    const { jobFile } = definition;
    if (typeof jobFile !== 'string' || jobFile === '') return undefined;
    const execution = new vscode.ProcessExecution(process.execPath, [this.#cli, 'run', jobFile, ...taskArguments(definition)], {
      cwd: folder.uri.fsPath,
      // The executable of the extension host is VS Code itself, which then behaves like Node.
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
    return new vscode.Task(definition, folder, vscode.l10n.t('run {0}', jobFile), 'S3 Batch', execution, ['$s3batch']);
  }
}
