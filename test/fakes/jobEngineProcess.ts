import { JobEngine } from '../support/jobEngine.js';

/** An engine's job side in a process of its own, to be killed. Arguments: the data folder. Prints a line of counts now and then. */
const [, , directory = ''] = process.argv;
const engine = await JobEngine.start({ directory, settings: { concurrency: 4 } });
const listed = await engine.jobIds();
const keys = Array.from({ length: 20_000 }, (_, index) => (index % 10 === 0 ? `fail${index}` : `ok${index}`));
const id = listed[0] ?? (await engine.create(keys));
for (;;) {
  const status = await engine.status(id);
  const counts = status === 'New' || status === 'Preparing' ? [0, 0, 0] : await engine.counts(id);
  process.stdout.write(`${JSON.stringify({ id, status, done: (counts[1] ?? 0) + (counts[2] ?? 0) })}\n`);
  if (status === 'Complete' || status === 'Failed') break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await engine.stop();
