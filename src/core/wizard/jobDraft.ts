import type { FindingPath } from '../operations/validateShape.js';

/** A request while it grows: plain JSON. */
export type JobDraft = Record<string, unknown>;

/** Writes a member of the draft, with the structures above it. Undefined writes nothing, so that what is left out stays out. */
export function writeMember(draft: JobDraft, path: FindingPath, value: unknown): void {
  if (value === undefined) return;
  let owner = draft;
  for (const part of path.slice(0, -1)) {
    const inner = owner[part];
    if (typeof inner === 'object' && inner !== null) owner = inner as JobDraft;
    else {
      const created: JobDraft = {};
      owner[part] = created;
      owner = created;
    }
  }
  const last = path.at(-1);
  if (last !== undefined) owner[last] = value;
}
