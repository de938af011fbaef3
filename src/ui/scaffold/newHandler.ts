import * as vscode from 'vscode';
import { BatchError, cancelledError, errorCode } from '../../base/errors.js';
import { handlerTemplate } from '../../core/handler/templates/handlerTemplate.js';
import type { HandlerLanguage } from '../../core/handler/templates/templateFile.js';
import type { SchemaVersion } from '../../core/handler/handlerTypes.js';
import { inputStep, pickStep, runSteps, type StepAnswer } from '../platform/steps.js';
import { functionNameProblem, type NameProblem, planWrites, type ScaffoldFile } from './writePlan.js';

interface Answers {
  readonly language: HandlerLanguage;
  readonly schemaVersion: SchemaVersion;
  readonly name: string;
  readonly folder: vscode.Uri;
}

/** Asks what to write, writes it and opens the handler. Resolves with the handler's file. */
export async function newHandler(folder: vscode.Uri | undefined): Promise<vscode.Uri> {
  if (!vscode.workspace.isTrusted) {
    throw new BatchError('RestrictedMode', vscode.l10n.t('Handlers are written in trusted workspaces only.'), {
      hint: vscode.l10n.t('Trust the workspace to create one.'),
    });
  }
  const parent = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (parent === undefined) {
    throw new BatchError('NoFolder', vscode.l10n.t('There is no folder to write the handler to.'), {
      hint: vscode.l10n.t('Open a folder first.'),
    });
  }
  const answers = await ask(parent);
  const files = handlerTemplate({ language: answers.language, schema: answers.schemaVersion, name: answers.name });
  if (!(await writeFiles(answers.folder, files))) throw cancelledError();
  const handler = files.find((file) => /^handler\.\w+$/.test(file.path)) ?? files[0];
  if (handler === undefined) throw new BatchError('Internal', 'The template has no files.');
  const uri = vscode.Uri.joinPath(answers.folder, handler.path);
  await vscode.window.showTextDocument(uri);
  return uri;
}

async function ask(parent: vscode.Uri): Promise<Answers> {
  const title = vscode.l10n.t('New Handler');
  const initial: Answers = { language: 'typescript', schemaVersion: '2.0', name: 'my-handler', folder: parent };
  return await runSteps<Answers>(initial, [
    async (answers, place) => {
      const items = [
        { label: 'TypeScript', value: 'typescript' as const },
        { label: 'JavaScript', value: 'javascript' as const },
        { label: 'Python', value: 'python' as const },
      ];
      const placeholder = vscode.l10n.t('Language of the handler');
      const answer = await pickStep({ title, ...place }, { placeholder, items, active: answers.language });
      return map(answer, (language) => ({ ...answers, language }));
    },
    async (answers, place) => {
      const items = [
        {
          label: '2.0',
          description: vscode.l10n.t('Bucket name, user arguments of the job, directory buckets'),
          value: '2.0' as const,
        },
        { label: '1.0', description: vscode.l10n.t('Bucket ARN; the default of the service'), value: '1.0' as const },
      ];
      const placeholder = vscode.l10n.t('Invocation schema: the shape of the event');
      const answer = await pickStep({ title, ...place }, { placeholder, items, active: answers.schemaVersion });
      return map(answer, (schemaVersion) => ({ ...answers, schemaVersion }));
    },
    async (answers, place) => {
      const prompt = vscode.l10n.t('Name of the function');
      const validate = (text: string): string | undefined => nameMessage(functionNameProblem(text));
      const answer = await inputStep({ title, ...place }, { prompt, value: answers.name, validate });
      return map(answer, (name) => ({ ...answers, name }));
    },
    async (answers, place) => {
      const own = vscode.Uri.joinPath(parent, answers.name);
      const items = [
        { label: vscode.workspace.asRelativePath(own, true), description: vscode.l10n.t('A folder of its own'), value: own },
        { label: vscode.workspace.asRelativePath(parent, true), value: parent },
        { label: vscode.l10n.t('Choose Folder…'), value: undefined },
      ];
      const placeholder = vscode.l10n.t('Folder to write to');
      const answer = await pickStep({ title, ...place }, { placeholder, items });
      if (answer.kind === 'back') return answer;
      const chosen = answer.value ?? (await chooseFolder(parent));
      return { kind: 'value', value: { ...answers, folder: chosen } };
    },
  ]);
}

function map<T, U>(answer: StepAnswer<T>, change: (value: T) => U): StepAnswer<U> {
  return answer.kind === 'back' ? answer : { kind: 'value', value: change(answer.value) };
}

async function chooseFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    defaultUri: parent,
    openLabel: vscode.l10n.t('Write Handler Here'),
  });
  if (chosen?.[0] === undefined) throw cancelledError();
  return chosen[0];
}

function nameMessage(problem: NameProblem | undefined): string | undefined {
  if (problem === undefined) return undefined;
  if (problem === 'empty') return vscode.l10n.t('A function needs a name.');
  if (problem === 'length') return vscode.l10n.t('At most 64 characters.');
  return vscode.l10n.t('Letters, digits, - and _ only.');
}

/** Writes what is not there; asks once about what is there with another content. False when the person would rather not. */
async function writeFiles(folder: vscode.Uri, files: readonly ScaffoldFile[]): Promise<boolean> {
  const plan = planWrites(files, await readExisting(folder, files));
  let toWrite = plan.create;
  if (plan.conflicts.length > 0) {
    const overwrite: vscode.MessageItem = { title: vscode.l10n.t('Overwrite') };
    const keep: vscode.MessageItem = { title: vscode.l10n.t('Keep Existing Files') };
    const detail = plan.conflicts.map((file) => file.path).join('\n');
    const question = vscode.l10n.t('These files exist with another content.');
    const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, overwrite, keep);
    if (chosen === undefined) return false;
    if (chosen === overwrite) toWrite = [...toWrite, ...plan.conflicts];
  }
  const encoder = new TextEncoder();
  for (const file of toWrite) {
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, ...file.path.split('/')), encoder.encode(file.text));
  }
  return true;
}

async function readExisting(folder: vscode.Uri, files: readonly ScaffoldFile[]): Promise<Map<string, string>> {
  const existing = new Map<string, string>();
  for (const file of files) {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, ...file.path.split('/')));
      existing.set(file.path, new TextDecoder().decode(bytes));
    } catch (error) {
      if (errorCode(error) !== 'FileNotFound') throw error;
    }
  }
  return existing;
}
