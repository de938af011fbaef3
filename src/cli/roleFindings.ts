import type { RoleComparison, RoleFinding } from '../core/iam/compareRole.js';
import type { PolicyFile } from '../core/iam/existingRole.js';
import type { CliIo } from './cliIo.js';
import { count, printable, type Style } from './output.js';
import { readAll } from '../files/readSource.js';

export async function readPolicyFiles(paths: readonly string[], io: CliIo): Promise<PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const path of paths) files.push({ name: path, text: new TextDecoder().decode(await readAll(path, io)) });
  return files;
}

/** A comparison as lines for a terminal: what is missing first. */
export function roleLines({ findings, allowed, needed }: RoleComparison, style: Style): string[] {
  const marks: Readonly<Record<RoleFinding['kind'], string>> = {
    missing: style.error('missing'),
    undecidable: style.warning('not decidable'),
    unneeded: style.information('not needed'),
  };
  return [
    ...findings.map(
      ({ kind, action, resource, why }) => `${marks[kind]} ${printable(`${action} on ${resource}`)}: ${printable(why)}`,
    ),
    `The role surely has ${allowed.toLocaleString('en')} of ${count(needed, 'needed permission')}.`,
  ];
}
