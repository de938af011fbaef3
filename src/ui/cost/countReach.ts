import { throwIfAborted } from '../../base/async.js';
import { type ManifestReach, ReachCounter } from '../../core/cost/manifestReach.js';
import type { JobFile } from '../../core/job/jobFile.js';

/** Counted at a time: a few milliseconds. */
const sliceBytes = 512 * 1024;

/**
 * How far the manifest of a job reaches. Counts in slices, between which the editor goes on. Rejects with `BadManifest` for a manifest
 * that can't be read, or with the cancellation error.
 */
export async function countReach(job: JobFile, manifest: Uint8Array, signal?: AbortSignal): Promise<ManifestReach> {
  const counter = new ReachCounter(job.ManifestFile ?? '', job.Manifest?.Spec.Fields);
  for (let at = 0; at < manifest.length; at += sliceBytes) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
    counter.push(manifest.subarray(at, at + sliceBytes));
  }
  return counter.end();
}
