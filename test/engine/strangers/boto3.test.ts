import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineFor } from '../../support/engineHarness.js';
import { canRun, runProgram } from '../../support/program.js';
import { repositoryRoot, sampleFolder, startSampleEngine } from '../../support/sampleEngine.js';

const python = process.platform === 'win32' ? 'python' : 'python3';
const hasBoto3 = await canRun(python, ['-c', 'import boto3']);

for (const handler of ['rename-reports', 'rename-reports-python']) {
  test(
    `boto3 runs the sample job with ${handler} from suspended to its report`,
    { skip: hasBoto3 ? false : `${python} with boto3 is not on this machine` },
    async () => {
      const { engine, close } = await startSampleEngine();
      try {
        const { connection } = engine;
        const result = await runProgram(python, [join(repositoryRoot, 'test', 'support', 'sampleJob.py')], {
          env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true' },
          input: JSON.stringify({
            ...connection,
            functionArn: `arn:aws:lambda:${connection.region}:${connection.accountId}:function:${handler}`,
            manifest: await readFile(join(sampleFolder, 'manifest.csv'), 'utf8'),
          }),
        });
        assert.equal(result.code, 0, result.stderr + result.stdout);
        const seen = JSON.parse(result.stdout) as Record<string, unknown>;
        const copies = [1, 2, 3].map((n) => `report/date=2023-01-01/id=XYZ/test_B${n}.snappy.parquet`);
        const [report] = seen['report'] as string[];
        assert.deepEqual(
          { ...seen, version: undefined, report: report?.split('\r\n').toSorted() },
          {
            version: undefined,
            caller: connection.accountId,
            suspendedTotal: 3,
            suspendedCause: 'AWAITING_CONFIRMATION',
            confirmed: 'Ready',
            succeeded: 3,
            failed: 0,
            listed: ['Complete'],
            copies,
            report: [
              '',
              ...copies.map((copy) => `test,${copy.replace('_B', '_A').replaceAll('=', '%3D')},,succeeded,200,,${copy}`),
            ],
            unknownJob: 'NoSuchJobException',
          },
        );
      } finally {
        await close();
      }
    },
  );
}

test(
  'boto3 uses versions, tags, object lock and restore',
  { skip: hasBoto3 ? false : `${python} with boto3 is not on this machine` },
  async (t) => {
    const { engine } = await engineFor(t);
    const result = await runProgram(python, [join(repositoryRoot, 'test', 'support', 's3Features.py')], {
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true' },
      input: JSON.stringify(engine.connection),
    });
    assert.equal(result.code, 0, result.stderr + result.stdout);
    assert.deepEqual(JSON.parse(result.stdout), {
      old: 'one',
      tags: [{ Key: 'x', Value: '1' }],
      versions: [true, false],
      held: 'AccessDenied',
      archived: 'InvalidObjectState',
      restored: 202,
      ongoing: 'ongoing-request="true"',
      acl: 'AccessControlListNotSupported',
    });
  },
);
