import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The working copy that the tests may change. */
export async function copySample(root: string, home: string): Promise<string> {
  const workspace = join(home, 'workspace');
  const sample = join(root, 'samples', 'rename-reports');
  if (existsSync(sample)) await cp(sample, workspace, { recursive: true });
  else await mkdir(workspace);
  return workspace;
}
