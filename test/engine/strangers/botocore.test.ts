import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCreateJobRequest } from '../../../src/core/job/jobFile.js';
import { parseJobFile } from '../../../src/core/job/parseJobFile.js';
import { jobFileSchema } from '../../../src/core/job/jobFileSchema.js';
import { noBoto3 } from '../../support/python.js';
import { jobFileValue } from '../../support/jobFileValue.js';
import { runProgram } from '../../support/program.js';
import { proofRuns } from '../../support/proofRuns.js';
import { repositoryRoot } from '../../support/sampleEngine.js';

const runs = proofRuns(400, 20_000);

test(
  `of ${runs} generated job files botocore accepts every one that the check accepts, and so does the schema`,
  { skip: noBoto3 },
  async (context) => {
    const files = fc.sample(jobFileValue(), runs);
    const accepted = files.flatMap((file) => {
      const { job } = parseJobFile(JSON.stringify(file));
      if (job === undefined) return [];
      const request = toCreateJobRequest(job, {
        accountId: '111122223333',
        clientRequestToken: 'token',
        ...(job.ManifestFile === undefined
          ? {}
          : { uploaded: { objectArn: job.Manifest?.Location.ObjectArn ?? '', etag: '"abc"' } }),
      });
      return [{ file, request }];
    });
    // A check that refused everything would pass too.
    assert.ok(accepted.length > runs / 5 && accepted.length < runs, `${accepted.length} of ${runs} accepted`);
    const operations = new Set(accepted.flatMap(({ request }) => Object.keys(request.Operation)));
    assert.equal(operations.size, 11, [...operations].join(', '));
    context.diagnostic(`${accepted.length} of ${runs} were accepted`);

    const judge = await runProgram('python3', [join(repositoryRoot, 'test', 'support', 'botocoreJudge.py')], {
      env: process.env,
      input: [jobFileSchema('strict'), ...accepted].map((line) => `${JSON.stringify(line)}\n`).join(''),
      timeoutMs: 600_000,
    });
    assert.equal(judge.code, 0, judge.stderr);
    const verdicts = judge.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    assert.equal(verdicts.length, accepted.length);
    const refused = verdicts.flatMap((complaints, index) =>
      complaints.length === 0 ? [] : [`${complaints.join('; ')}\n${JSON.stringify(accepted[index]?.file)}`],
    );
    assert.deepEqual(refused.slice(0, 5), []);
  },
);
