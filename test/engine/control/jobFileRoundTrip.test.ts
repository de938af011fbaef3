import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatJobFile, type JobFile, toCreateJobRequest, toJobFile } from '../../../src/core/job/jobFile.js';
import { parseJobFile } from '../../../src/core/job/parseJobFile.js';
import { jobTemplate } from '../../../src/core/job/jobTemplate.js';
import type { JobDescriptor } from '../../../src/core/job/jobTypes.js';
import { jobDescriptorShape } from '../../../src/core/job/responseShapes.js';
import { operations } from '../../../src/core/operations/catalogue.js';
import { readShape } from '../../../src/engine/control/shapeXml.js';
import { account, JobEngine } from '../../support/jobEngine.js';

let engine: JobEngine;
before(async () => {
  engine = await JobEngine.start();
});
after(async () => {
  await engine.dispose();
});

for (const definition of operations) {
  test(
    `${definition.name}: job file, engine, description and saved file make an equal request`,
    { skip: definition.isPerformedLocally ? false : 'the engine does not perform it yet' },
    async () => {
      const manifest = await engine.putManifest(['a', 'b']);
      const { ManifestFile: _, Manifest: template, ...rest } = jobTemplate(definition);
      const file = {
        ...rest,
        Manifest: { ...template, Location: { ObjectArn: manifest.arn, ETag: manifest.etag } },
        Tags: [{ Key: 'team', Value: 'data' }],
      } as JobFile;
      const { job } = parseJobFile(formatJobFile(file));
      assert.ok(job !== undefined);
      const submit = { accountId: account, clientRequestToken: `token-${definition.name}` };
      const request = toCreateJobRequest(job, submit);
      const { AccountId: _account, ...body } = request;
      const id = await engine.createFrom(body as typeof request);
      const described = readShape(await engine.describe(id), jobDescriptorShape) as JobDescriptor;
      const saved = parseJobFile(formatJobFile(toJobFile(described, job.Tags))).job;
      assert.ok(saved !== undefined);
      assert.deepEqual(toCreateJobRequest(saved, submit), request);
    },
  );
}
