import type { Localizer } from '../view/localizer.js';
import { escapeMarkdown, markdownCode } from '../view/markdownText.js';
import { amountText, type JobCost, loopRequestsPerSecond } from './costOfJob.js';
import { pricesAsOf, priceSources } from './priceTable.js';

/** Buckets that are listed by name; of more only their number is said. */
const maxBuckets = 20;

/** `1,204 objects in 2 buckets, about $1.26 (estimate)`: in one line, for questions and status texts. */
export function costSummary(cost: JobCost, l10n: Localizer): string {
  const objects = reachText(cost, l10n);
  const amount = amountText(cost.totalUsd);
  return cost.isTotalAtLeast
    ? l10n.t('{0}, at least {1} (estimate)', objects, amount)
    : l10n.t('{0}, about {1} (estimate)', objects, amount);
}

/** `1,204 objects in 2 buckets`. */
function reachText(cost: JobCost, l10n: Localizer): string {
  if (cost.rows === undefined) return l10n.t('a number of objects that is not known yet');
  const objects = cost.rows === 1 ? l10n.t('1 object') : l10n.t('{0} objects', cost.rows.toLocaleString('en'));
  if (cost.buckets.size === 0) return objects;
  const [only] = cost.buckets.keys();
  return cost.buckets.size === 1
    ? l10n.t('{0} in {1}', objects, only ?? '')
    : l10n.t('{0} in {1} buckets', objects, cost.buckets.size);
}

/** The card as Markdown. Names come from files and are shown as code. */
export function costMarkdown(cost: JobCost, title: string, l10n: Localizer): string {
  const lines = [
    `# ${escapeMarkdown(title)}`,
    '',
    `**${escapeMarkdown(cost.operation)}**: ${escapeMarkdown(costSummary(cost, l10n))}`,
    '',
  ];
  if (cost.buckets.size > 1) {
    lines.push(`| ${l10n.t('Bucket')} | ${l10n.t('Objects')} |`, '|---|---:|');
    for (const [bucket, rows] of listedBuckets(cost)) lines.push(`| ${markdownCode(bucket)} | ${rows.toLocaleString('en')} |`);
    if (cost.buckets.size > maxBuckets) lines.push(`| ${l10n.t('and {0} more', cost.buckets.size - maxBuckets)} | |`);
    lines.push('');
  }
  lines.push(`| ${l10n.t('What')} | ${l10n.t('How much')} | ${l10n.t('Estimate')} |`, '|---|---|---:|');
  for (const line of cost.lines) {
    const amount = line.usd === undefined ? l10n.t('not known') : amountText(line.usd);
    lines.push(`| ${escapeMarkdown(line.label)} | ${escapeMarkdown(line.basis)} | ${line.isOptional ? `(${amount})` : amount} |`);
  }
  lines.push(
    `| **${l10n.t('Total')}** | | **${totalText(cost, l10n)}** |`,
    '',
    ...remarks(cost, l10n).map((remark) => `- ${escapeMarkdown(remark)}`),
    '',
  );
  return lines.join('\n');
}

/** The card as plain lines. */
export function costLines(cost: JobCost, l10n: Localizer): string[] {
  const rows: (readonly [amount: string, what: string])[] = cost.lines.map((line) => {
    const amount = line.usd === undefined ? l10n.t('not known') : amountText(line.usd);
    return [line.isOptional ? `(${amount})` : amount, `${line.label}: ${line.basis}`];
  });
  rows.push([totalText(cost, l10n), l10n.t('Total')]);
  const width = Math.max(...rows.map(([amount]) => amount.length));
  const buckets =
    cost.buckets.size > 1 ? listedBuckets(cost).map(([bucket, count]) => `  ${bucket}: ${count.toLocaleString('en')}`) : [];
  return [
    `${cost.operation}: ${costSummary(cost, l10n)}`,
    ...buckets,
    ...rows.map(([amount, what]) => `  ${amount.padStart(width)}  ${what}`),
    ...remarks(cost, l10n),
  ];
}

function remarks(cost: JobCost, l10n: Localizer): string[] {
  const { region, isOfRegion, overridden } = cost.prices;
  return [
    ...(cost.exceededLimit === undefined
      ? []
      : [
          l10n.t(
            'A job with this operation may have {0} objects at most: this one fails.',
            cost.exceededLimit.toLocaleString('en'),
          ),
        ]),
    cost.loopCheaperUnder === undefined
      ? l10n.t(
          'A loop of your own always costs less in fees at the assumed speed; a job brings retries, a report and a confirmation.',
        )
      : l10n.t(
          'Under about {0} objects a loop of your own is cheaper, at {1} requests a second and {2} an hour. A job brings retries, a report and a confirmation.',
          cost.loopCheaperUnder.toLocaleString('en'),
          loopRequestsPerSecond,
          amountText(cost.prices.prices.loopHour),
        ),
    ...cost.notes,
    isOfRegion
      ? l10n.t('List prices of {0} as of {1}; estimates all of them.', region, pricesAsOf)
      : l10n.t(
          'No prices of {0} are stored: these are the list prices of us-east-1 as of {1}; estimates all of them.',
          region,
          pricesAsOf,
        ),
    ...(overridden.length === 0 ? [] : [l10n.t('Prices of your own: {0}.', overridden.join(', '))]),
    l10n.t('Sources: {0}', priceSources.join(', ')),
  ];
}

function totalText(cost: JobCost, l10n: Localizer): string {
  return cost.isTotalAtLeast ? l10n.t('at least {0}', amountText(cost.totalUsd)) : amountText(cost.totalUsd);
}

function listedBuckets(cost: JobCost): [string, number][] {
  return [...cost.buckets].slice(0, maxBuckets);
}
