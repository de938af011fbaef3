import type { OperationDefinition } from './operation.js';
import { noPermissions } from './permissions.js';
import { isRecord } from './validateShape.js';

/** `UserArguments` came with this schema; the API takes any text as version, the documents know two. */
export const lambdaSchemaVersions = ['1.0', '2.0'] as const;
export type LambdaSchemaVersion = (typeof lambdaSchemaVersions)[number];

/** Source: S3 User Guide, batch-ops-invoke-lambda; API Reference, LambdaInvokeOperation. */
export const lambdaInvoke: OperationDefinition = {
  name: 'LambdaInvoke',
  label: 'Invoke AWS Lambda function',
  doc: 'Calls a Lambda function once for each object of the manifest.',
  docUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html',
  parameters: {
    type: 'structure',
    doc: 'Calls a Lambda function once for each object of the manifest.',
    members: {
      FunctionArn: {
        type: 'string',
        min: 1,
        max: 1024,
        pattern:
          '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9_-]+)(:(\\$LATEST|[a-zA-Z0-9_-]+))?',
        expected: 'the ARN of a Lambda function such as arn:aws:lambda:us-east-1:111122223333:function:my-handler',
        doc: 'The function to call: an ARN, with a version or an alias or without. An alias and $LATEST are looked up anew for each call.',
      },
      InvocationSchemaVersion: {
        type: 'string',
        min: 1,
        max: 64,
        suggested: ['2.0', '1.0'],
        doc: 'Form of the event that the function gets: 1.0, or 2.0, which carries UserArguments and the bucket by name. Directory buckets need 2.0.',
        whenOmitted: '1.0',
      },
      UserArguments: {
        type: 'map',
        min: 1,
        max: 10,
        key: { type: 'string', min: 1, max: 64 },
        value: { type: 'string', max: 1024 },
        doc: 'Up to 10 names and text values that every call gets. Only with schema 2.0.',
      },
    },
  },
  defaults: { InvocationSchemaVersion: '2.0' },
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: 20_000_000_000,
  directoryBuckets: 'withSchema2',
  isPerformedLocally: true,
  isReportNeeded: false,
  permissions: { ...noPermissions, functions: ['lambda:InvokeFunction'] },
  appliesWhen: { UserArguments: (parameters) => parameters['InvocationSchemaVersion'] === '2.0' },
  check(parameters) {
    const findings = [];
    if (parameters['FunctionArn'] === undefined) {
      // The model requires no member, but there is nothing to call without it.
      findings.push({
        path: [],
        code: 'function-missing',
        severity: 'error' as const,
        member: 'FunctionArn',
        message: 'LambdaInvoke: FunctionArn is missing. Name the function that the job calls.',
        fix: {
          title: 'Add FunctionArn',
          changes: [{ path: ['FunctionArn'], value: 'arn:aws:lambda:us-east-1:111122223333:function:my-function' }],
        },
      });
    }
    const version = parameters['InvocationSchemaVersion'] ?? '1.0';
    if (typeof version === 'string' && version !== '' && !lambdaSchemaVersions.some((known) => known === version)) {
      findings.push({
        path: ['InvocationSchemaVersion'],
        code: 'unknown-schema-version',
        severity: 'warning' as const,
        message: `InvocationSchemaVersion ${JSON.stringify(version)} is not documented. Write "1.0" or "2.0".`,
        fix: { title: 'Change to "2.0"', changes: [{ path: ['InvocationSchemaVersion'], value: '2.0' }] },
      });
    }
    if (isRecord(parameters['UserArguments']) && version !== '2.0') {
      findings.push({
        path: ['UserArguments'],
        code: 'user-arguments-need-schema-2',
        severity: 'error' as const,
        message: 'UserArguments needs InvocationSchemaVersion "2.0": with 1.0 the function never gets them.',
        fix: { title: 'Set InvocationSchemaVersion to "2.0"', changes: [{ path: ['InvocationSchemaVersion'], value: '2.0' }] },
        otherFixes: [{ title: 'Remove UserArguments', changes: [{ path: ['UserArguments'], value: undefined }] }],
      });
    }
    return findings;
  },
};
