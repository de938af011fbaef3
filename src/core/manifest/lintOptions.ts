import type { ManifestField } from '../job/jobTypes.js';
import type { RuleSeverity } from './problem.js';
import type { Finding, RuleId } from './rules/rule.js';

export type RuleSeverities = Readonly<Partial<Record<RuleId, RuleSeverity>>>;

export interface LintOptions {
  /** The columns as the job declares them; undeclared they are `Bucket,Key[,VersionId]`. */
  readonly fields?: readonly ManifestField[] | undefined;
  /** Replaces the severity of all problems of a rule; `off` leaves them out. */
  readonly severities?: RuleSeverities | undefined;
  /** True when the job's operation takes objects of one bucket only (catalogue, `isOneBucketOnly`). */
  readonly isOneBucketOnly?: boolean | undefined;
  /** How many problems are listed; all are counted. 1,000 unless said. */
  readonly maxProblems?: number | undefined;
  /** For sources that hide it: true when the file of an editor's text begins with a byte order mark. */
  readonly hasByteOrderMark?: boolean | undefined;
  /** How an editor read the file and will save it when that is not UTF-8, in VS Code's words: `utf16le`, `windows1252`. */
  readonly foreignEncoding?: string | undefined;
}

export const defaultMaxProblems = 1000;

/** The findings that the settings leave, with the severities that they ask for. */
export function applySeverities(findings: readonly Finding[], severities: RuleSeverities | undefined): readonly Finding[] {
  if (severities === undefined || findings.length === 0) return findings;
  const kept: Finding[] = [];
  for (const finding of findings) {
    const severity = severities[finding.rule];
    if (severity === 'off') continue;
    kept.push(severity === undefined ? finding : { ...finding, severity });
  }
  return kept;
}
