// A reporter of node:test that writes nothing but the counts, for the summary. Suites are not tests; what was skipped or is still to
// do did not pass.

/** @param {AsyncIterable<{ type: string, data: any }>} events */
async function* countReporter(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else if (type === 'test:pass') counts.passed += 1;
    else counts.failed += 1;
  }
  yield JSON.stringify(counts);
}

// node:test asks for a default export.
// oxlint-disable-next-line import/no-default-export
export default countReporter;
