import { join } from 'node:path';
import type { FunctionDefinition } from '../contracts.js';

/**
 * Where a function's layers are looked into, by the variable that says so (Lambda Developer Guide, packaging-layers). Lambda lays all
 * of them over each other in /opt, which this machine does not have: each stays in its folder, the last layer first, so that of two
 * files with one path the last layer's counts. What reads /opt by that very name does not find it here; `S3BATCH_OPT` lists the
 * folders. Emulated.
 */
export function layerVariables(definition: FunctionDefinition): Readonly<Record<string, readonly string[]>> {
  const { layers = [], runtime } = definition;
  if (layers.length === 0) return {};
  const folders = layers.toReversed();
  const below = (...path: readonly string[]): string[] => folders.map((folder) => join(folder, ...path));
  const variables: Record<string, readonly string[]> = {
    S3BATCH_OPT: folders,
    PATH: below('bin'),
    LD_LIBRARY_PATH: below('lib'),
  };
  if (runtime.startsWith('nodejs')) variables['NODE_PATH'] = layerModules(definition);
  if (runtime.startsWith('python')) {
    const packages = below('python', 'lib', runtime, 'site-packages');
    variables['PYTHONPATH'] = folders.flatMap((folder, index) => [packages[index] ?? '', join(folder, 'python')]);
  }
  return variables;
}

/** The folders of packages for Node.js in a function's layers. */
export function layerModules({ layers = [], runtime }: FunctionDefinition): readonly string[] {
  const major = /^nodejs(\d+)/.exec(runtime)?.[1] ?? '';
  return layers
    .toReversed()
    .flatMap((folder) => [join(folder, 'nodejs', `node${major}`, 'node_modules'), join(folder, 'nodejs', 'node_modules')]);
}
