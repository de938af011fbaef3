import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { activeFile } from '../platform/activeFile.js';
import { Command } from '../platform/commandTypes.js';
import { allJobFiles, findWorkspaceFiles } from '../platform/findWorkspaceFiles.js';
import type { Services } from '../platform/services.js';
import { jobFiles } from './jobFiles.js';

/** Registers what is done with job files while they are written: new ones, export, submit, links and renames of their manifests. */
export function registerJobFile(services: Services, jobs: Jobs): void {
  const { commands, context, errors } = services;

  commands.register(Command.jobFileNew, async (folder, operation) => {
    const { newJobFile } = await import('./newJobFile.js');
    // "File: New File…" passes something else than a folder.
    return await newJobFile(folder instanceof vscode.Uri ? folder : undefined, operation);
  });
  commands.register(Command.jobSaveAsFile, async (job) => {
    const { saveJobAsFile } = await import('./saveJobAsFile.js');
    return await saveJobAsFile(jobs, job);
  });
  commands.register(Command.jobSubmit, async (file) => {
    const { submitJobFile } = await import('./submitJobFile.js');
    return await submitJobFile(services, jobs, jobFileOf(file));
  });
  commands.register(Command.jobExport, async (file, format) => {
    const { exportJobFile } = await import('./exportJobFile.js');
    return await exportJobFile(jobFileOf(file), format);
  });

  context.subscriptions.push(
    vscode.languages.registerDocumentLinkProvider(jobFiles, {
      provideDocumentLinks: async (document) => {
        const { manifestLinks } = await import('./manifestLinks.js');
        return manifestLinks(document);
      },
    }),
    vscode.workspace.onWillRenameFiles((event) => {
      // Files of other kinds are no manifests; folders have no ending that tells.
      if (event.files.every(({ oldUri }) => /\.(?!csv$|txt$|gz$|json$)[^./]+$/i.test(oldUri.path))) return;
      const edit = errors.run('Follow renamed manifests', async () => {
        const { editsForRename } = await import('./renamedManifests.js');
        return await editsForRename(event.files, () => findWorkspaceFiles(allJobFiles));
      });
      event.waitUntil(edit.then((made) => made ?? new vscode.WorkspaceEdit()));
    }),
  );
}

function jobFileOf(given: vscode.Uri | undefined): vscode.Uri {
  const file = given ?? activeFile();
  if (file?.path.endsWith('.s3job.json') === true) return file;
  throw new BatchError('NoJobFile', vscode.l10n.t('Open the job file first.'));
}
