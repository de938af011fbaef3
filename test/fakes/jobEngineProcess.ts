import type { JobOperation } from '../../src/core/job/jobTypes.js';
import { JobEngine, textAt } from '../support/jobEngine.js';

/**
 * An engine's job side in a process of its own, to be killed. Arguments: the data folder, the number of rows, and `lambda` or `store`:
 * what performs them. Prints a line of counts now and then. Every tenth row fails.
 */
const [, , directory = '', rows = '', kind = ''] = process.argv;
const engine = await JobEngine.start({ directory, settings: { concurrency: 4 } });
const [listed] = await engine.jobIds();
const id = listed ?? (await createJob());
for (;;) {
  const status = await engine.status(id);
  const counts = status === 'New' || status === 'Preparing' ? [0, 0, 0] : await engine.counts(id);
  process.stdout.write(`${JSON.stringify({ id, status, done: (counts[1] ?? 0) + (counts[2] ?? 0) })}\n`);
  if (status === 'Complete' || status === 'Failed') {
    process.stdout.write(
      `${JSON.stringify({ id, status, done: (counts[1] ?? 0) + (counts[2] ?? 0), ...(await endOf(counts)) })}\n`,
    );
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await engine.stop();

/** What there is to say of a job that has ended: why it failed, and what is in its report, if it has one. */
async function endOf(counts: readonly number[]): Promise<object> {
  const { succeeded = [], failed = [] } = await engine.report(id).catch((): Record<string, string[]> => ({}));
  const reason = textAt(await engine.describe(id), 'FailureReasons', 'member', 'FailureReason');
  // On the store the rows that succeed are of one object, and can't be told apart.
  const named = kind === 'lambda' ? [...succeeded, ...failed] : failed;
  return { counts, reason, reported: succeeded.length + failed.length, repeated: named.length - new Set(named).size };
}

async function createJob(): Promise<string> {
  const keys = Array.from({ length: Number(rows) }, (_, index) => (index % 10 === 0 ? `fail${index}` : `ok${index}`));
  if (kind === 'lambda') return engine.create(keys);
  if (!(await engine.store.hasBucket('bucket'))) await engine.store.createBucket('bucket');
  await engine.store.write('bucket', 'ok', Buffer.from('x'));
  // All rows that succeed are of one object: each is a task of its own.
  const rowsOfOne = keys.map((key) => (key.startsWith('fail') ? key : 'ok'));
  const operation: JobOperation = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };
  return engine.create(rowsOfOne, { Operation: operation });
}
