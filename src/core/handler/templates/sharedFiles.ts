import { buildEvent, encodeEventKey } from '../event.js';
import type { SchemaVersion } from '../handlerTypes.js';

/** A key that a handler only gets right when it decodes it as a form would. */
export const sampleKey = 'reports/2024-05/monthly report+notes (50%).csv';
export const sampleBucket = 'my-bucket';

/** `events/event.json`: what the service would send for one row. */
export function sampleEventText(schema: SchemaVersion): string {
  const event = buildEvent(schema, {
    invocationId: 'YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo',
    jobId: 'f3cc4f60-61f6-4a2b-8a21-d07600c373ce',
    taskId: 'dGFza2lkZ29lc2hlcmUK',
    s3Key: encodeEventKey(sampleKey),
    versionId: null,
    bucket: sampleBucket,
    userArguments: { mode: 'sample' },
  });
  return `${JSON.stringify(event, null, 2)}\n`;
}

/** `my-function` becomes `MyFunction`, as CloudFormation's logical ids have letters and digits only. */
export function logicalIdOf(name: string): string {
  const id = name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Za-z]/.test(id) ? id : `Function${id}`;
}

export interface SamFunction {
  readonly name: string;
  readonly handler: string;
  readonly runtime: string;
  /** Source that `sam build` bundles with esbuild. */
  readonly entryPoint?: string;
}

/** `template.yaml`: read by SAM, and by the local engine. */
export function samTemplateText(definition: SamFunction): string {
  const metadata =
    definition.entryPoint === undefined
      ? ''
      : `    Metadata:
      BuildMethod: esbuild
      BuildProperties:
        Target: es2022
        Sourcemap: true
        External: ['@aws-sdk/*']
        EntryPoints: [${definition.entryPoint}]
`;
  const environment =
    definition.entryPoint === undefined
      ? ''
      : `      Environment:
        Variables:
          NODE_OPTIONS: --enable-source-maps
`;
  return `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: A function for S3 Batch Operations jobs

Parameters:
  Bucket:
    Type: String
    Default: ${sampleBucket}
    Description: The bucket whose objects the job works on

Resources:
  ${logicalIdOf(definition.name)}:
    Type: AWS::Serverless::Function
${metadata}    Properties:
      FunctionName: ${/^[A-Za-z]/.test(definition.name) ? definition.name : `'${definition.name}'`}
      CodeUri: .
      Handler: ${definition.handler}
      Runtime: ${definition.runtime}
      Timeout: 30
      MemorySize: 256
${environment}      Policies:
        - S3ReadPolicy:
            BucketName: !Ref Bucket
`;
}

export interface ReadmeFacts {
  readonly name: string;
  readonly schema: SchemaVersion;
  readonly handlerFile: string;
  readonly typesFile: string;
  readonly testCommands: string;
  readonly eventCode: string;
}

export function readmeText(facts: ReadmeFacts): string {
  const bucketField =
    facts.schema === '1.0'
      ? '`s3BucketArn`, the ARN of the bucket'
      : '`s3Bucket`, the name of the bucket; `job.userArguments` holds the arguments of the job';
  return `# ${facts.name}

A function for S3 Batch Operations jobs of the operation *Invoke AWS Lambda function*, invocation schema ${facts.schema}.
\`${facts.handlerFile}\` does the work for one object of the manifest: put yours into \`${facts.eventCode}\`.

## Test it

\`\`\`sh
${facts.testCommands}
\`\`\`

The test gives the handler \`events/event.json\`, an invocation as the service sends it.

## Rehearse it

Open this folder in VS Code with the S3 Batch Operations extension and create a job on the target **Local**: it finds the function in
\`template.yaml\` and runs it on this machine, on local buckets. Nothing reaches AWS.

## Deploy it

\`\`\`sh
sam build && sam deploy --guided
\`\`\`

Set the parameter \`Bucket\` to the bucket of your objects. The job role needs \`lambda:InvokeFunction\` on the function; the function's own
role needs the rights for what the handler does.${facts.schema === '2.0' ? ' Create the job with `InvocationSchemaVersion` `2.0`, or the function gets events of schema 1.0.' : ''}

## What the service expects

- One invocation holds one task. A task has ${bucketField}, \`s3Key\`, form-encoded (\`+\` is a space, \`%XX\` a byte of UTF-8), and
  \`s3VersionId\`, null when the manifest names no version.
- The answer names each task by its \`taskId\` with a \`resultCode\`: \`Succeeded\`; \`TemporaryFailure\`, and the service runs the task again
  before the job ends; \`PermanentFailure\`, and it does not. \`resultString\` goes into the completion report, cut to 1,024 characters.
- A task may run more than once, so the work must be safe to repeat.
- To give every row a parameter, write URL-encoded JSON without spaces into the key column of the manifest, at most 1,024 characters.
- \`${facts.typesFile}\` has the exact types of event and response.
`;
}
