import type { ManifestRowsOptions } from '../../core/manifest/making/manifestRows.js';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import { RowSampler } from '../../core/manifest/making/sampleRows.js';
import type { Write } from '../replaceFile.js';
import type { MakingContext } from './makingContext.js';
import { drain, readManifest, type ReadManifest } from './readManifest.js';
import { RereadableInput } from './rereadableInput.js';

export interface SampleOptions {
  /** Rows to draw. */
  readonly size: number;
  readonly seed: number;
  /** See RowSampler. */
  readonly prefixDepth?: number | undefined;
  readonly fields?: ManifestRowsOptions['fields'];
}

export interface SampleResult {
  /** Written. */
  readonly rows: number;
  readonly read: ReadManifest;
  /** Prefixes that were drawn from; 1 when they do not matter. */
  readonly groups: number;
}

/** Writes rows of a manifest drawn at random; see RowSampler. The manifest is read twice. */
export async function writeSample(
  path: string,
  options: SampleOptions,
  write: Write,
  context: MakingContext,
): Promise<SampleResult> {
  const sampler = new RowSampler(options);
  const input = new RereadableInput(context);
  try {
    const { fields } = options;
    const read = await readManifest(path, (row) => sampler.count(row), { fields, input }, context);
    const pieces: Uint8Array[] = [];
    const writer = new RowWriter((piece) => pieces.push(piece));
    let isWanted = true;
    const output = { pieces, write: async (piece: string | Uint8Array) => (isWanted &&= await write(piece)) };
    await readManifest(path, (row) => sampler.isDrawn(row) && writer.add(row), { fields, input, output }, context);
    if (isWanted) {
      sampler.end();
      writer.end();
      await drain(output);
    }
    return { rows: writer.rows, read, groups: sampler.groupCount };
  } finally {
    await input.dispose();
  }
}
