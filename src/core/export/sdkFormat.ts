import type { ExportedJob, ExportFormat } from './exportFormat.js';
import { codeOf, comment, type LiteralStyle, requestWithMark, withCode, writeLiteral } from './requestText.js';

/** A single-quoted string of TypeScript. */
export function scriptString(text: string): string {
  const body = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`);
  return `'${body.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`)}'`;
}

const scriptStyle: LiteralStyle = {
  string: scriptString,
  // `__proto__: x` would set the prototype; as a computed name it is a name like any other.
  name: (name) => (name === '__proto__' ? "['__proto__']" : /^[A-Za-z_]\w*$/.test(name) ? name : scriptString(name)),
  true: 'true',
  false: 'false',
  null: 'null',
  indent: 2,
};

/** A module for Node.js with the AWS SDK v3, as TypeScript. The SDK wants timestamps as `Date`. */
export const sdkFormat: ExportFormat = {
  label: 'TypeScript (AWS SDK v3)',
  extension: '.mts',
  language: 'typescript',
  write(job) {
    const request = withCode(requestWithMark(job), {
      etag: codeOf('etag'),
      timestamp: (text) => codeOf(`new Date(${scriptString(text)})`),
    });
    return [
      comment(job.title, '//'),
      "import { randomUUID } from 'node:crypto';\n",
      ...(job.upload === undefined ? [] : ["import { readFile } from 'node:fs/promises';\n"]),
      ...(job.upload === undefined ? [] : ["import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';\n"]),
      "import { CreateJobCommand, type CreateJobCommandInput, S3ControlClient } from '@aws-sdk/client-s3-control';\n\n",
      ...(job.upload === undefined ? [] : uploadLines(job.upload)),
      `const request: CreateJobCommandInput = ${writeLiteral(request, scriptStyle)};\n`,
      '// Keep the token when you try again: the service then never creates a second job.\n',
      'request.ClientRequestToken = randomUUID();\n',
      'const { JobId } = await new S3ControlClient({}).send(new CreateJobCommand(request));\n',
      'console.log(JobId);\n',
    ].join('');
  },
};

function uploadLines({ path, bucket, key }: NonNullable<ExportedJob['upload']>): string[] {
  return [
    '// SSE-S3: a CSV manifest under SSE-KMS makes the job fail.\n',
    'const stored = await new S3Client({}).send(\n  new PutObjectCommand({\n',
    `    Bucket: ${scriptString(bucket)},\n    Key: ${scriptString(key)},\n`,
    `    Body: await readFile(new URL(encodeURI(${scriptString(path)}), import.meta.url)),\n`,
    "    ServerSideEncryption: 'AES256',\n  }),\n);\n",
    "const etag = (stored.ETag ?? '').replaceAll('\"', '');\n\n",
  ];
}
