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
  readonly hasWork: boolean;
}

/** Reads what earlier starts did. The caller closes the reader. */
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
  const hasWork = summary.succeeded + summary.failed < layout.rows && run.stop === stops.none;
  return { run, waiting, reader: new ManifestReader(manifestFile(directory), layout, run.chunkOffsets), hasWork };
}

function readChunks(directory: string): SharedArrayBuffer {
  const bytes = readFileSync(chunkFile(directory));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
