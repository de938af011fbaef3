import type { Target } from '../job/target.js';

/** A target where it stands alone: `Local`, `prod (eu-west-1)`. Two targets may share a profile. */
export function targetText(target: Target): string {
  return target.kind === 'local' ? target.label : `${target.label} (${target.region})`;
}
