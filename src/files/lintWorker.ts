import { parentPort } from 'node:worker_threads';
import { NeedsExactLint } from './openedFile.js';
import { toPosted } from './postedError.js';
import type { FromWorker, ToWorker } from './scanMessages.js';
import type { ChunkResult } from './scanPlan.js';
import { ScanThread } from './scanThread.js';

/** The program of a lint worker: scans chunks and searches partitions of the file that it is told of. */
const batch = 16;
let thread: ScanThread | undefined;

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function scan(message: ToWorker & { kind: 'scan' }): void {
  thread = new ScanThread(message.plan, message.control);
  let results: ChunkResult[] = [];
  for (let result = thread.next(); result !== undefined; result = thread.next()) {
    results.push(result);
    if (results.length < batch) continue;
    post({ kind: 'chunks', results });
    results = [];
  }
  post({ kind: 'chunks', results });
  post({ kind: 'scanned', parts: thread.parts() });
}

parentPort?.on('message', (message: ToWorker) => {
  try {
    if (message.kind === 'scan') scan(message);
    else if (message.kind === 'close') {
      thread?.close();
      thread = undefined;
      post({ kind: 'closed' });
    } else if (thread !== undefined) post({ kind: 'searched', duplicates: thread.search(message.plan) });
  } catch (error) {
    post({ kind: 'failed', isExactNeeded: error instanceof NeedsExactLint, error: toPosted(error) });
  }
});
