import type { Severity } from '../core/manifest/problem.js';
import { type Finding, type RuleId, ruleIds } from '../core/manifest/rules/rule.js';

const severities: readonly Severity[] = ['error', 'warning', 'information'];
const indexOfRule = new Map<RuleId, number>(ruleIds.map((id, index) => [id, index]));

/** Length of an array with a counter for each rule and severity. */
export const counterCount = ruleIds.length * severities.length;

export function counterOf(rule: RuleId, severity: Severity): number {
  return (indexOfRule.get(rule) ?? 0) * severities.length + severities.indexOf(severity);
}

export function countFindings(counts: Uint32Array | Float64Array, findings: readonly Finding[]): void {
  for (const { rule, severity } of findings) addCount(counts, counterOf(rule, severity), 1);
}

export function addCount(counts: Uint32Array | Float64Array, counter: number, more: number): void {
  counts[counter] = (counts[counter] ?? 0) + more;
}

export interface CountSummary {
  readonly counts: Partial<Record<RuleId, number>>;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

export function summarise(counts: Float64Array): CountSummary {
  const byRule: Partial<Record<RuleId, number>> = {};
  const bySeverity: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
  for (const rule of ruleIds) {
    for (const severity of severities) {
      const count = counts[counterOf(rule, severity)] ?? 0;
      if (count === 0) continue;
      byRule[rule] = (byRule[rule] ?? 0) + count;
      bySeverity[severity] += count;
    }
  }
  return { counts: byRule, bySeverity };
}
