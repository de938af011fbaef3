import type { Localizer } from '../view/localizer.js';
import { escapeMarkdown, markdownCode } from '../view/markdownText.js';
import type { RoleComparison, RoleFinding } from './compareRole.js';

/** A comparison as Markdown: a table for what is missing, what can't be told and what is not needed. */
export function comparisonMarkdown({ findings, allowed, needed }: RoleComparison, roleName: string, l10n: Localizer): string {
  const titles: readonly (readonly [RoleFinding['kind'], string])[] = [
    ['missing', l10n.t('Missing')],
    ['undecidable', l10n.t('Not decidable from these files')],
    ['unneeded', l10n.t('Not needed by this job')],
  ];
  const lines = [
    `# ${escapeMarkdown(l10n.t('Role {0}', roleName))}`,
    '',
    l10n.t('The role surely has {0} of {1} needed permissions.', allowed, needed),
    '',
  ];
  for (const [kind, title] of titles) {
    const rows = findings.filter((finding) => finding.kind === kind);
    if (rows.length === 0) continue;
    lines.push(`## ${title}`, '', `| ${l10n.t('Action')} | ${l10n.t('Resource')} | ${l10n.t('Why')} |`, '|---|---|---|');
    for (const { action, resource, why } of rows) {
      lines.push(`| ${markdownCode(action)} | ${markdownCode(resource)} | ${escapeMarkdown(why)} |`);
    }
    lines.push('');
  }
  if (findings.length === 0) lines.push(l10n.t('Nothing is missing, and nothing is more than this job needs.'), '');
  return lines.join('\n');
}
