import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ManualClock } from '../../fakes/manualClock.js';
import { account, childOf, JobEngine, textAt } from '../../support/jobEngine.js';

const hourMs = 60 * 60 * 1000;
const clock = new ManualClock();
let engine: JobEngine;
before(async () => {
  engine = await JobEngine.start({ clock });
});
after(() => engine.dispose());

/** As the AWS CLI writes it: no declaration, members in its own order, list items named as they please. */
function cliBody(token: string, changes: { priority?: string; extra?: string; operation?: string } = {}): string {
  return `<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><ConfirmationRequired>true</ConfirmationRequired><Operation>${
    changes.operation ??
    '<LambdaInvoke><UserArguments><entry><key>k&lt;1&gt;</key><value>v&amp;1</value></entry></UserArguments><InvocationSchemaVersion>2.0</InvocationSchemaVersion><FunctionArn>fake</FunctionArn></LambdaInvoke>'
  }</Operation><Report><Enabled>false</Enabled></Report><ClientRequestToken>${token}</ClientRequestToken><Manifest><Location><ETag>"abc"</ETag><ObjectArn>arn:aws:s3:::manifests/none.csv</ObjectArn></Location><Spec><Fields><S3Field>Bucket</S3Field><member>Key</member></Fields><Format>S3BatchOperations_CSV_20180820</Format></Spec></Manifest><Description>d &#xD;</Description><Priority>${
    changes.priority ?? '7'
  }</Priority><RoleArn>arn:aws:iam::123456789012:role/r</RoleArn>${changes.extra ?? '<Tags><S3Tag><Value/><Key>a</Key></S3Tag></Tags>'}</CreateJobRequest>`;
}

test('reads a request whatever its order and describes the job with all its members', async () => {
  const created = await engine.call('POST', '/v20180820/jobs', cliBody('order'));
  assert.equal(created.root.name, 'CreateJobResult');
  const jobId = textAt(created.root, 'JobId');
  assert.match(jobId, /^[0-9a-f-]{36}$/);
  const job = await engine.describe(jobId);
  assert.equal(textAt(job, 'JobArn'), `arn:aws:s3:us-east-1:${account}:job/${jobId}`);
  assert.equal(textAt(job, 'Description'), 'd \r');
  assert.equal(textAt(job, 'Priority'), '7');
  assert.equal(textAt(job, 'ConfirmationRequired'), 'true');
  assert.equal(textAt(job, 'CreationTime'), '2026-11-22T10:00:00.000Z');
  assert.equal(textAt(job, 'Operation', 'LambdaInvoke', 'InvocationSchemaVersion'), '2.0');
  assert.equal(textAt(job, 'Operation', 'LambdaInvoke', 'UserArguments', 'entry', 'key'), 'k<1>');
  assert.equal(textAt(job, 'Operation', 'LambdaInvoke', 'UserArguments', 'entry', 'value'), 'v&1');
  const fields = childOf(job, 'Manifest')?.children.flatMap((child) => childOf(child, 'Fields')?.children ?? []) ?? [];
  assert.deepEqual(
    fields.map((field) => [field.name, field.text]),
    [
      ['member', 'Bucket'],
      ['member', 'Key'],
    ],
  );
  assert.ok(childOf(job, 'FailureReasons'));
  const tags = await engine.call('GET', `/v20180820/jobs/${jobId}/tagging`);
  assert.equal(textAt(tags.root, 'Tags', 'member', 'Key'), 'a');
});

test('refuses what is no request, naming the member', async () => {
  const send = (body: string): Promise<unknown> => engine.call('POST', '/v20180820/jobs', body);
  await assert.rejects(send(cliBody('bad-1', { priority: 'abc' })), /Priority must be a whole number/);
  await assert.rejects(send(cliBody('bad-2', { priority: '-1' })), /Priority/);
  await assert.rejects(send(cliBody('bad-3', { extra: '<Colour>red</Colour>' })), /Colour/);
  await assert.rejects(send(cliBody('bad-4', { operation: '<S3Bogus/>' })), /S3Bogus/);
  await assert.rejects(send(cliBody('bad-5', { operation: '<S3PutObjectRetention/>' })), /Retention/);
  await assert.rejects(send(cliBody('bad-6', { operation: '<LambdaInvoke/>' })), /FunctionArn/);
  for (const body of [cliBody('bad-1', { priority: 'abc' }), cliBody('bad-5', { operation: '<S3PutObjectRetention/>' })]) {
    assert.equal(await engine.errorOf(send(body)), '400 BadRequestException');
  }
  assert.equal(await engine.errorOf(send('')), '400 MalformedXML');
  assert.equal(await engine.errorOf(send('<Other/>')), '400 MalformedXML');
  const twice = cliBody('bad-7').replace('<Priority>7</Priority>', '<Priority>7</Priority><Priority>8</Priority>');
  assert.equal(await engine.errorOf(send(twice)), '400 MalformedXML');
  assert.equal(
    await engine.errorOf(send(cliBody('').replace('<ClientRequestToken></ClientRequestToken>', ''))),
    '400 BadRequestException',
  );
});

test('refuses a schema version that it does not know: it would be half performed', async () => {
  const operation =
    '<LambdaInvoke><FunctionArn>fake</FunctionArn><InvocationSchemaVersion>3.0</InvocationSchemaVersion></LambdaInvoke>';
  await assert.rejects(engine.call('POST', '/v20180820/jobs', cliBody('v3', { operation })), /InvocationSchemaVersion "3\.0"/);
});

test('a token makes one job for a day', async () => {
  const first = textAt((await engine.call('POST', '/v20180820/jobs', cliBody('once'))).root, 'JobId');
  const reordered = cliBody('once')
    .replace('<ConfirmationRequired>true</ConfirmationRequired>', '')
    .replace('</CreateJobRequest>', '<ConfirmationRequired>true</ConfirmationRequired></CreateJobRequest>');
  const again = textAt((await engine.call('POST', '/v20180820/jobs', reordered)).root, 'JobId');
  assert.equal(again, first);
  assert.equal(
    await engine.errorOf(engine.call('POST', '/v20180820/jobs', cliBody('once', { priority: '8' }))),
    '400 IdempotencyException',
  );
  await engine.restart();
  assert.equal(textAt((await engine.call('POST', '/v20180820/jobs', cliBody('once'))).root, 'JobId'), first);
  const both = await Promise.all([1, 2].map(() => engine.call('POST', '/v20180820/jobs', cliBody('at-once'))));
  assert.equal(new Set(both.map((answer) => textAt(answer.root, 'JobId'))).size, 1);
  clock.advance(24 * hourMs);
  assert.notEqual(textAt((await engine.call('POST', '/v20180820/jobs', cliBody('once'))).root, 'JobId'), first);
});

test('checks the account and the id before it looks anything up', async () => {
  const jobs = '/v20180820/jobs';
  assert.equal(await engine.errorOf(engine.call('GET', jobs, '', { 'x-amz-account-id': '111122223333' })), '403 AccessDenied');
  for (const id of ['..%2F..%2Fetc', '', 'abc', '%2e%2e', 'a'.repeat(37), '%ff', 'x%00yzzz']) {
    assert.equal(await engine.errorOf(engine.call('GET', `${jobs}/${id}`)), '400 BadRequestException', id);
  }
  assert.equal(await engine.errorOf(engine.call('GET', `${jobs}/none-such`)), '404 NoSuchJobException');
  assert.equal(
    await engine.errorOf(engine.call('POST', `${jobs}/none-such/status?requestedJobStatus=Ready`)),
    '404 NoSuchJobException',
  );
  assert.equal(await engine.errorOf(engine.call('DELETE', jobs)), '405 MethodNotAllowed');
  assert.equal(await engine.errorOf(engine.call('GET', '/v20180820/bucket/x')), '501 NotImplemented');
});

test('lists newest first, in pages, by status', async () => {
  const other = await JobEngine.start();
  try {
    const manifest = await other.putManifest(['ok']);
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.unshift(await other.createFrom(other.request(manifest, { ConfirmationRequired: count % 2 === 0 })));
    }
    for (const id of ids) await other.until(id, 'Suspended');
    const list = async (query: string): Promise<{ ids: string[]; token: string }> => {
      const { root } = await other.call('GET', `/v20180820/jobs?${query}`);
      const found = childOf(root, 'Jobs')?.children.map((job) => textAt(job, 'JobId')) ?? [];
      return { ids: found, token: textAt(root, 'NextToken') };
    };
    assert.deepEqual((await list('')).ids, ids);
    const first = await list('maxResults=2');
    const second = await list(`maxResults=2&nextToken=${encodeURIComponent(first.token)}`);
    const third = await list(`maxResults=2&nextToken=${encodeURIComponent(second.token)}`);
    assert.deepEqual([...first.ids, ...second.ids, ...third.ids], ids);
    assert.equal(third.token, '');
    assert.equal((await list('jobStatuses=Suspended')).ids.length, 3);
    assert.equal((await list('jobStatuses=Suspended&jobStatuses=Complete')).ids.length, 5);
    assert.equal((await list('jobStatuses=Failed')).ids.length, 0);
    const error = (query: string): Promise<string> => other.errorOf(list(query));
    assert.equal(await error('maxResults=1001'), '400 InvalidRequestException');
    assert.equal(await error('maxResults=-1'), '400 InvalidRequestException');
    assert.equal(await error('maxResults=x'), '400 InvalidRequestException');
    assert.equal(await error('jobStatuses=Sleeping'), '400 InvalidRequestException');
    assert.equal(await error('nextToken=bm9uZQ'), '400 InvalidNextTokenException');
  } finally {
    await other.dispose();
  }
});

test('changes status and priority by the service’s rules', async () => {
  const id = await engine.create(['ok'], { ConfirmationRequired: true });
  await engine.until(id, 'Suspended');
  const path = `/v20180820/jobs/${id}`;
  const raised = await engine.call('POST', `${path}/priority?priority=2147483647`);
  assert.equal(textAt(raised.root, 'Priority'), '2147483647');
  for (const wrong of ['', 'x', '-1', '2147483648']) {
    assert.equal(await engine.errorOf(engine.call('POST', `${path}/priority?priority=${wrong}`)), '400 BadRequestException');
  }
  assert.equal(await engine.errorOf(engine.call('POST', `${path}/status?requestedJobStatus=Active`)), '400 BadRequestException');
  const cancelled = await engine.call(
    'POST',
    `${path}/status?requestedJobStatus=Cancelled&statusUpdateReason=a%20b%2F%C3%BC%26c`,
  );
  assert.equal(textAt(cancelled.root, 'Status'), 'Cancelled');
  assert.equal(textAt(cancelled.root, 'StatusUpdateReason'), 'a b/ü&c');
  const job = await engine.describe(id);
  assert.equal(textAt(job, 'StatusUpdateReason'), 'a b/ü&c');
  assert.equal(textAt(job, 'SuspendedCause'), 'AWAITING_CONFIRMATION');
  assert.notEqual(textAt(job, 'TerminationDate'), '');
  assert.equal(
    await engine.errorOf(engine.call('POST', `${path}/status?requestedJobStatus=Cancelled`)),
    '400 JobStatusException',
  );
  assert.equal(await engine.errorOf(engine.call('POST', `${path}/status?requestedJobStatus=Ready`)), '400 JobStatusException');
  assert.equal(await engine.errorOf(engine.call('POST', `${path}/priority?priority=1`)), '400 BadRequestException');
});

test('tags: replace, remove, and what is no tag', async () => {
  const id = await engine.create(['ok'], { ConfirmationRequired: true });
  const path = `/v20180820/jobs/${id}/tagging`;
  const put = (tags: readonly (readonly [string, string])[]): Promise<unknown> =>
    engine.call(
      'PUT',
      path,
      `<PutJobTaggingRequest><Tags>${tags.map(([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`).join('')}</Tags></PutJobTaggingRequest>`,
    );
  const keys = async (): Promise<string[]> =>
    childOf((await engine.call('GET', path)).root, 'Tags')?.children.map((tag) => textAt(tag, 'Key')) ?? [];
  await put([
    ['b', ''],
    ['c', '1'],
  ]);
  assert.deepEqual(await keys(), ['b', 'c']);
  assert.equal(
    await engine.errorOf(
      put([
        ['b', ''],
        ['b', '1'],
      ]),
    ),
    '400 InvalidTag',
  );
  assert.equal(await engine.errorOf(put([['AWS:x', '']])), '400 InvalidTag');
  assert.equal(await engine.errorOf(put([['x{', '']])), '400 InvalidTag');
  assert.equal(
    await engine.errorOf(put(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']))),
    '400 TooManyTagsException',
  );
  assert.deepEqual(await keys(), ['b', 'c']);
  assert.equal((await engine.call('DELETE', path)).status, 200);
  assert.deepEqual(await keys(), []);
});
