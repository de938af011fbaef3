import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningEngine, startEngine } from '../../src/engine/startEngine.js';

/** The repository's root: tests run from there. */
export const repositoryRoot = process.cwd();
export const sampleFolder = join(repositoryRoot, 'samples', 'rename-reports');

export interface SampleEngine {
  readonly engine: RunningEngine;
  close(): Promise<void>;
}

/** An engine on a data directory of its own that starts with the sample's buckets and functions. */
export async function startSampleEngine(): Promise<SampleEngine> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 's3batch-sample-'));
  const engine = await startEngine({
    dataDirectory,
    templates: [join(sampleFolder, 'template.yaml')],
    seedDirectory: join(sampleFolder, 'buckets'),
  });
  return {
    engine,
    async close() {
      await engine.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
