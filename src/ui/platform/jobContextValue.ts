import type { JobAbility } from '../../core/view/jobAbilities.js';

/** What a tree item of a job allows; each is one word of its `contextValue`, which the `when` clauses of package.json look for. */
export const jobAbilities = [
  'confirmable',
  'cancellable',
  'prioritizable',
  'reported',
  'copyable',
  'pinnable',
  'unpinnable',
  'onAws',
  'logged',
  'chaosCompared',
] as const satisfies readonly JobAbility[];

/** `job` and the abilities, separated by spaces, always built anew from the set. Menus test `viewItem =~ /\bcancellable\b/`. */
export function jobContextValue(abilities: ReadonlySet<JobAbility>): string {
  return ['job', ...jobAbilities.filter((ability) => abilities.has(ability))].join(' ');
}
