// A reporter of node:test for whoever watches a test file from outside: a line of JSON for each test that begins or ends, as it happens, so
// that it is known what a file that had to be cut was doing. Suites are not tests; what was skipped or is still to do did not pass.

/** @param {AsyncIterable<{ type: string, data: any }>} events */
async function* testJournal(events) {
  for await (const { type, data } of events) {
    const event = eventOf(type, data);
    if (event !== undefined) yield `${JSON.stringify({ event, name: data.name, nesting: data.nesting })}\n`;
  }
}

/** @returns {string | undefined} */
function eventOf(type, data) {
  // `complete` comes when a test ends, `pass` and `fail` when it is its turn to be told.
  if (type === 'test:dequeue') return 'begun';
  if (type === 'test:complete') return 'ended';
  if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') return undefined;
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
  return type === 'test:pass' ? 'passed' : 'failed';
}

// node:test asks for a default export.
// oxlint-disable-next-line import/no-default-export
export default testJournal;
