import { readFileSync } from 'node:fs';
import { isOverFailureThreshold } from '../../core/job/lifecycle.js';
import { chunkFile, manifestFile } from './jobFiles.js';
import { ManifestReader } from './manifestReader.js';
import { RedriveQueue } from './redriveQueue.js';
import type { JobPlan } from './runPlan.js';
import { SharedRun, stops } from './sharedState.js';
import { markDone, summarizeLogs } from './taskLog.js';

/** A job's run as its journal leaves it. */
export interface OpenRun {
  readonly run: SharedRun;
  /** Tasks that wait for another attempt. */
  readonly waiting: RedriveQueue;
  readonly reader: ManifestReader;
}

/**
 * Reads what earlier starts did. A run that has nothing left to do is stopped from the start: an earlier one may have been killed between
 * its last result and its end, and nobody would come to take the chunks that are not handed out yet. The caller closes the reader.
 */
export async function openRun({ directory, layout, settings }: JobPlan): Promise<OpenRun> {
  const summary = await summarizeLogs(directory, layout.rows);
  const run = SharedRun.create(summary.done.buffer, readChunks(directory));
  const waiting = new RedriveQueue(settings.redriveDelayMs);
  run.setCounts(summary.succeeded, summary.failed);
  for (const [row, attempt] of summary.pending) {
    // Their next attempt comes from the queue, not from the manifest.
    markDone(run.done, row);
    waiting.pushNow(row, Math.min(attempt + 1, settings.redrives));
  }
  if (isOverFailureThreshold(summary.succeeded, summary.failed)) run.requestStop(stops.threshold);
  if (summary.succeeded + summary.failed >= layout.rows) run.requestStop(stops.finished);
  return { run, waiting, reader: new ManifestReader(manifestFile(directory), layout, run.chunkOffsets) };
}

export function readChunks(directory: string): SharedArrayBuffer {
  const bytes = readFileSync(chunkFile(directory));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
