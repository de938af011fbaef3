import type { ManifestField } from '../../job/jobTypes.js';
import type { Severity } from '../problem.js';
import type { RowView } from '../rowView.js';

/** Every rule, in the order of the documentation. Ids are stable: people write them into settings and pipelines. */
export const ruleIds = [
  'empty-manifest',
  'byte-order-mark',
  'not-utf8',
  'header-row',
  'blank-line',
  'column-count',
  'extra-columns',
  'unclosed-quote',
  'line-break-in-field',
  'surrounding-space',
  's3-uri',
  'bucket-name',
  'empty-key',
  'unencoded-key',
  'plus-in-key',
  'bad-escape',
  'escape-not-utf8',
  'double-encoded-key',
  'key-too-long',
  'leading-slash',
  'missing-version-id',
  'mixed-buckets',
  'duplicate-row',
] as const;
export type RuleId = (typeof ruleIds)[number];

export interface RuleInfo {
  readonly id: RuleId;
  /** Severity of its problems unless a finding or the user's settings say otherwise. */
  readonly severity: Severity;
  /** Severity of those of its problems that weigh differently; the documentation of the rule says which. */
  readonly otherSeverity?: Severity;
  /** One sentence: what is wrong and why it matters. */
  readonly description: string;
  /** The AWS documentation page that the rule comes from. */
  readonly docUrl: string;
  /** True when all its problems are repaired by "fix all". */
  readonly isFixedByFixAll: boolean;
}

/** A replacement within one row. Offsets are UTF-16 units in the row's text, ends exclusive. */
export interface RowEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface RowFix {
  readonly title: string;
  readonly isCertain: boolean;
  readonly edits: readonly RowEdit[];
  /** The fix is to remove the row with its line end. */
  readonly removesRow?: true;
  readonly columns?: readonly ManifestField[];
  readonly removesByteOrderMark?: true;
  /** The fix is to choose how the file is read or saved, which a person has to. */
  readonly changesEncoding?: true;
}

/** One problem of one row, in the row's own offsets: it stays true when lines move above it. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly fixes: readonly RowFix[];
}

/** A rule that needs one row and what is known of the file's columns, nothing else. A pure function of its argument. */
export interface RowRule extends RuleInfo {
  check(view: RowView): Finding | undefined;
}

/** Builds a finding of a rule at its own severity or, when given, at another. */
export function finding(
  rule: RuleInfo,
  place: { readonly start: number; readonly end: number },
  message: string,
  options: { readonly fixes?: readonly RowFix[]; readonly severity?: Severity } = {},
): Finding {
  return {
    rule: rule.id,
    severity: options.severity ?? rule.severity,
    message,
    start: place.start,
    end: place.end,
    fixes: options.fixes ?? [],
  };
}
