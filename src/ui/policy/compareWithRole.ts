import * as vscode from 'vscode';
import { compareRole, type RoleComparison } from '../../core/iam/compareRole.js';
import { comparisonMarkdown } from '../../core/iam/comparisonText.js';
import { readExistingRole } from '../../core/iam/existingRole.js';
import { completeNeeds } from '../../core/iam/policyText.js';
import type { Services } from '../platform/services.js';
import { askJobFacts } from './askJobFacts.js';
import type { CardDocuments } from '../platform/cardDocuments.js';
import { jobOfFile } from './jobOfFile.js';

/** Compares what a job file needs with policies in files, which are asked for when not given, and shows the difference. */
export async function compareWithRole(
  services: Services,
  cards: CardDocuments,
  given: vscode.Uri | undefined,
  policies: readonly vscode.Uri[] | undefined,
): Promise<RoleComparison | undefined> {
  const file = await jobOfFile(given);
  const chosen =
    policies ??
    (await vscode.window.showOpenDialog({
      canSelectMany: true,
      title: vscode.l10n.t('Files with the policies of the role, as the AWS CLI prints them'),
      openLabel: vscode.l10n.t('Compare'),
      filters: { JSON: ['json'] },
    }));
  if (chosen === undefined || chosen.length === 0) return undefined;
  const { needs, role } = completeNeeds(file.job, await askJobFacts(services, file));
  const files = await Promise.all(
    chosen.map(async (uri) => ({
      name: vscode.workspace.asRelativePath(uri),
      text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)),
    })),
  );
  const comparison = compareRole(needs, readExistingRole(files, role.name));
  await cards.show(vscode.l10n.t('Role {0}', role.name), comparisonMarkdown(comparison, role.name, vscode.l10n));
  return comparison;
}
