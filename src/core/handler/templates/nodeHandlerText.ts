import type { SchemaVersion } from '../handlerTypes.js';
import { sampleBucket, sampleKey } from './sharedFiles.js';

/** Errors that TypeScript and JavaScript handlers call temporary, as the SDK names them. */
const transientErrors = `const transientErrors = new Set([
  'InternalError',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottlingException',
  'TimeoutError',
]);`;

/** The handler; with types, it is TypeScript. */
export function nodeHandlerText(schema: SchemaVersion, isTyped: boolean): string {
  const isV1 = schema === '1.0';
  const [eventType, taskType] = isV1 ? ['BatchEventV1', 'BatchTaskV1'] : ['BatchEventV2', 'BatchTaskV2'];
  const type = (text: string): string => (isTyped ? `: ${text}` : '');
  const doc = (summary: string, ...parameters: string[]): string =>
    isTyped ? `/** ${summary} */` : ['/**', ` * ${summary}`, ...parameters.map((line) => ` * ${line}`), ' */'].join('\n');
  const types = `import('./handlerTypes.js')`;
  const bucket = isV1 ? `task.s3BucketArn.slice(task.s3BucketArn.lastIndexOf(':') + 1)` : 'task.s3Bucket';
  const argumentsParameter = isV1 ? '' : `, userArguments${type('Readonly<Record<string, string>>')}`;
  const argumentsValue = isV1 ? '' : ', event.job.userArguments ?? {}';
  const argumentsPass = isV1 ? '' : ', userArguments';
  const argumentsDoc = isV1 ? [] : ['@param {Readonly<Record<string, string>>} userArguments the arguments of the job'];
  return `${isTyped ? '' : '// @ts-check\n'}import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
${isTyped ? `import type { BatchResponse, BatchResult, ${eventType}, ${taskType} } from './handlerTypes';\n` : ''}
// Made once and used by every invocation of this environment.
const s3 = new S3Client({});

/** Errors that a later attempt may not see again. Every other failure is final: another attempt would only cost more. */
${transientErrors}

${doc(
  'The work for one object. What it returns goes into the completion report; what it throws fails the task.',
  '@param {string} bucket',
  '@param {string} key',
  '@param {string | null} versionId null when the manifest names no version',
  ...argumentsDoc,
  '@returns {Promise<string>}',
)}
async function processObject(bucket${type('string')}, key${type('string')}, versionId${type('string | null')}${argumentsParameter})${type('Promise<string>')} {
  // Put your own work here. A task may run more than once, so it must be safe to repeat.
  const head = await s3.send(
    new HeadObjectCommand({ Bucket: bucket, Key: key, ...(versionId === null ? {} : { VersionId: versionId }) }),
  );
  return ${isV1 ? "String(head.ContentLength ?? 0) + ' bytes'" : "String(head.ContentLength ?? 0) + ' bytes, mode ' + (userArguments['mode'] ?? 'none')"};
}

${doc('The key as S3 knows it: in the event a space is `+` and other characters are `%XX`.', '@param {string} s3Key')}
export function decodeKey(s3Key${type('string')})${type('string')} {
  return decodeURIComponent(s3Key.replaceAll('+', ' '));
}

${doc(
  'Runs one task and says what became of it.',
  `@param {${types}.${taskType}} task`,
  ...argumentsDoc,
  `@returns {Promise<${types}.BatchResult>}`,
)}
async function runTask(task${type(taskType)}${argumentsParameter})${type('Promise<BatchResult>')} {
  try {
    // To give every row a parameter, put URL-encoded JSON without spaces, such as {"key":"a.jpg","width":200}, into the key column
    // of the manifest and read it here: const { key, width } = JSON.parse(decodeKey(task.s3Key));
    const key = decodeKey(task.s3Key);
    const bucket = ${bucket};
    const resultString = await processObject(bucket, key, task.s3VersionId${argumentsPass});
    return { taskId: task.taskId, resultCode: 'Succeeded', resultString };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'Error';
    const message = error instanceof Error ? error.message : String(error);
    const resultCode = transientErrors.has(name) ? 'TemporaryFailure' : 'PermanentFailure';
    return { taskId: task.taskId, resultCode, resultString: name + ': ' + message };
  }
}

${doc(
  'Answers one invocation of an S3 Batch Operations job.',
  `@param {${types}.${eventType}} event`,
  `@returns {Promise<${types}.BatchResponse>}`,
)}
export async function handler(event${type(eventType)})${type('Promise<BatchResponse>')} {
  ${isTyped ? 'const results: BatchResult[] = [];' : `/** @type {${types}.BatchResult[]} */\n  const results = [];`}
  for (const task of event.tasks) results.push(await runTask(task${argumentsValue}));
  return {
    invocationSchemaVersion: event.invocationSchemaVersion,
    // A task that is missing from the results has not been worked on: it counts as failed, for good.
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: event.invocationId,
    results,
  };
}
`;
}

/** The test of the handler; `handlerImport` is the module that it imports. */
export function nodeTestText(schema: SchemaVersion, isTyped: boolean, handlerImport: string): string {
  const result = schema === '1.0' ? '3 bytes' : '3 bytes, mode sample';
  return `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock, test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { decodeKey, handler } from '${handlerImport}';

const event = JSON.parse(readFileSync('events/event.json', 'utf8'));

/** Answers every call of the SDK; nothing reaches AWS. */
function answerWith(answer${isTyped ? ': () => unknown' : ''}) {
  ${isTyped ? 'const inputs: unknown[] = [];' : 'const inputs = [];'}
  mock.method(S3Client.prototype, 'send', async (command${isTyped ? ': { input: unknown }' : ''}) => {
    inputs.push(command.input);
    return answer();
  });
  return inputs;
}

function named(name${isTyped ? ': string' : ''}) {
  return Object.assign(new Error('no'), { name });
}

test('works on the object that the event names', async () => {
  const inputs = answerWith(() => ({ ContentLength: 3 }));
  const response = await handler(event);
  assert.deepEqual(inputs, [{ Bucket: '${sampleBucket}', Key: '${sampleKey}' }]);
  assert.deepEqual(response, {
    invocationSchemaVersion: '${schema}',
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: event.invocationId,
    results: [{ taskId: event.tasks[0].taskId, resultCode: 'Succeeded', resultString: '${result}' }],
  });
});

test('asks for another attempt only when it may help', async () => {
  answerWith(() => {
    throw named('SlowDown');
  });
  assert.equal((await handler(event)).results[0]?.resultCode, 'TemporaryFailure');
  answerWith(() => {
    throw named('AccessDenied');
  });
  const [result] = (await handler(event)).results;
  assert.deepEqual([result?.resultCode, result?.resultString], ['PermanentFailure', 'AccessDenied: no']);
});

test('decodes keys as a form would', () => {
  assert.equal(decodeKey('a+b%2Bc/%C3%A9'), 'a b+c/\\u00e9');
});
`;
}
