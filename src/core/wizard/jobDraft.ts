import { type FindingPath, isRecord } from '../operations/validateShape.js';

/** A request while it grows: plain JSON. */
export type JobDraft = Record<string, unknown>;

/** Writes a member of the draft, with the structures above it. Undefined writes nothing, so that what is left out stays out. */
export function writeMember(draft: JobDraft, path: FindingPath, value: unknown): void {
  if (value === undefined) return;
  let owner = draft;
  for (const part of path.slice(0, -1)) {
    const known = owner[part];
    const inner: JobDraft = isRecord(known) ? known : {};
    owner[part] = inner;
    owner = inner;
  }
  const last = path.at(-1);
  if (last !== undefined) owner[last] = value;
}

/** The member of a request at a path; undefined when it, or what should hold it, is not there. */
export function readMember(request: unknown, path: FindingPath): unknown {
  let value = request;
  for (const part of path) {
    if (!isRecord(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}
