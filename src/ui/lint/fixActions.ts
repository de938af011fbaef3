import type { Fix, Problem } from '../../core/manifest/problem.js';

/** A light-bulb entry as data. */
export interface FixAction {
  readonly title: string;
  readonly fix: Fix;
  /** True for the one fix of a problem that has only one: "Auto Fix" takes it without asking. */
  readonly isPreferred: boolean;
}

/** The fixes of one problem. Of several choices none is preferred: they mean different things. */
export function fixActions(problem: Problem): readonly FixAction[] {
  return problem.fixes.map((fix) => ({ title: fix.title, fix, isPreferred: problem.fixes.length === 1 }));
}

/**
 * The same choice of fix for all problems of a rule, one entry a choice; the edits are in file order and never overlap, because a rule
 * reports at most one problem a row. Empty unless two problems have it: for one the fix itself is there.
 */
export function fixesOfRule(problems: readonly Problem[], rule: string): readonly (readonly Fix[])[] {
  const ofRule = problems.filter((problem) => problem.rule === rule && problem.fixes.length > 0);
  if (ofRule.length < 2) return [];
  const choices = Math.max(...ofRule.map((problem) => problem.fixes.length));
  return Array.from({ length: choices }, (_, choice) =>
    ofRule.map((problem) => problem.fixes[choice]).filter((fix) => fix !== undefined),
  );
}
