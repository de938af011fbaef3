import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as control from '@aws-sdk/client-s3-control';
import { createJobRequestShape, putJobTaggingRequestShape } from '../../../src/core/job/requestShapes.js';
import { jobDescriptorShape, jobListItemShape } from '../../../src/core/job/responseShapes.js';
import { readShape, writeShape } from '../../../src/engine/control/shapeXml.js';
import { parseXml } from '../../../src/engine/xml/parseXml.js';
import { xmlDocument, xmlElement } from '../../../src/engine/xml/writeXml.js';
import { capturingControlClient } from '../../support/capturingControlClient.js';
import { sdkSample } from '../../support/sdkSample.js';

/** On the wire times are text. */
function withoutDates(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

test('understands CreateJob as the SDK writes it, every member and every operation set', async () => {
  const { AccountId: _, ...input } = sdkSample(control.CreateJobRequest$) as control.CreateJobCommandInput;
  const wire = capturingControlClient('<CreateJobResult><JobId>id</JobId></CreateJobResult>');
  const output = await wire.client.send(new control.CreateJobCommand({ ...input, AccountId: '000000000000' }));
  assert.equal(output.JobId, 'id');
  assert.deepEqual([wire.sent().method, wire.sent().path], ['POST', '/v20180820/jobs']);
  assert.deepEqual(readShape(parseXml(wire.sent().body ?? ''), createJobRequestShape), withoutDates(input));
});

test('understands PutJobTagging as the SDK writes it', async () => {
  const { Tags } = sdkSample(control.PutJobTaggingRequest$) as control.PutJobTaggingCommandInput;
  const wire = capturingControlClient('<PutJobTaggingResult/>');
  await wire.client.send(new control.PutJobTaggingCommand({ AccountId: '000000000000', JobId: 'job-1', Tags }));
  assert.deepEqual([wire.sent().method, wire.sent().path], ['PUT', '/v20180820/jobs/job-1/tagging']);
  assert.deepEqual(readShape(parseXml(wire.sent().body ?? ''), putJobTaggingRequestShape), { Tags });
});

test('answers DescribeJob and ListJobs so that the SDK reads every member back', async () => {
  const job = sdkSample(control.JobDescriptor$);
  const described = capturingControlClient(
    xmlDocument(xmlElement('DescribeJobResult', [writeShape('Job', withoutDates(job), jobDescriptorShape)])),
  );
  const { Job } = await described.client.send(new control.DescribeJobCommand({ AccountId: '000000000000', JobId: 'job-1' }));
  assert.deepEqual(Job, job);
  const item = sdkSample(control.JobListDescriptor$);
  const items = ['member', 'member'].map((name) => writeShape(name, withoutDates(item), jobListItemShape));
  const listed = capturingControlClient(
    xmlDocument(xmlElement('ListJobsResult', [xmlElement('NextToken', 'more'), xmlElement('Jobs', items)])),
  );
  const { Jobs, NextToken } = await listed.client.send(new control.ListJobsCommand({ AccountId: '000000000000' }));
  assert.deepEqual([Jobs, NextToken], [[item, item], 'more']);
});

test('keeps apart an empty structure or list and one that is left out', async () => {
  const wire = capturingControlClient('<CreateJobResult/>');
  const request = {
    Operation: { S3DeleteObjectTagging: {}, S3PutObjectCopy: { NewObjectTagging: [] }, S3PutObjectRetention: { Retention: {} } },
    Report: { Enabled: false },
    Priority: 0,
    RoleArn: 'r',
    ClientRequestToken: 't',
  };
  await wire.client.send(new control.CreateJobCommand({ ...request, AccountId: '000000000000' }));
  assert.deepEqual(readShape(parseXml(wire.sent().body ?? ''), createJobRequestShape), request);
});
