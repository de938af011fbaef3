import * as vscode from 'vscode';
import type { PolicyFormat } from '../../core/iam/formats/policyFormat.js';
import { policyText } from '../../core/iam/policyText.js';
import type { PolicyChoice } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { askJobFacts } from './askJobFacts.js';
import { jobOfFile } from './jobOfFile.js';

const languages: Readonly<Record<PolicyFormat, string>> = {
  json: 'json',
  cloudformation: 'yaml',
  terraform: 'terraform',
  cdk: 'typescript',
};

/** Opens the policies of a job file as a new document, in the format given or chosen. */
export async function openPolicy(
  services: Services,
  given: vscode.Uri | undefined,
  wanted: PolicyChoice | undefined,
): Promise<void> {
  const file = await jobOfFile(given);
  const choice = wanted ?? (await choose());
  if (choice === undefined) return;
  const facts = await askJobFacts(services, file);
  const content = policyText(file.job, facts, choice);
  const known = await vscode.languages.getLanguages();
  const language = languages[choice.format];
  // Terraform is known only where its extension is.
  const document = await vscode.workspace.openTextDocument({
    content,
    language: known.includes(language) ? language : 'plaintext',
  });
  await vscode.window.showTextDocument(document, { preview: false });
}

async function choose(): Promise<PolicyChoice | undefined> {
  const names: readonly (readonly [PolicyFormat, string])[] = [
    ['json', 'JSON'],
    ['cloudformation', 'CloudFormation, SAM'],
    ['terraform', 'Terraform'],
    ['cdk', 'CDK (TypeScript)'],
  ];
  const role = vscode.l10n.t('Role of the job: trust and permissions');
  const submitter = vscode.l10n.t('Whoever submits the job');
  const items = [false, true].flatMap((isSubmitter) => [
    { label: isSubmitter ? submitter : role, kind: vscode.QuickPickItemKind.Separator, choice: undefined },
    ...names.map(([format, label]) => ({ label, description: isSubmitter ? submitter : role, choice: { format, isSubmitter } })),
  ]);
  const placeHolder = vscode.l10n.t('Whose policy, and in which format?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.choice;
}
