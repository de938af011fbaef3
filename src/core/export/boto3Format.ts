import type { ExportedJob, ExportFormat } from './exportFormat.js';
import { codeOf, comment, type LiteralStyle, requestWithMark, withCode, writeLiteral } from './requestText.js';

const style: LiteralStyle = {
  string: pythonString,
  name: pythonString,
  true: 'True',
  false: 'False',
  null: 'None',
  indent: 4,
};

/** JSON's escapes are Python's; what JSON leaves raw, Python takes raw. */
function pythonString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007F', String.raw`\u007f`);
}

/** A script for Python with boto3. Timestamps are text: botocore reads them itself. */
export const boto3Format: ExportFormat = {
  label: 'Python (boto3)',
  extension: '.py',
  language: 'python',
  write(job) {
    const request = withCode(requestWithMark(job), { etag: codeOf('etag') });
    return [
      comment(job.title, '#'),
      ...(job.upload === undefined ? [] : ['import pathlib\n']),
      'import uuid\n\nimport boto3\n\n',
      ...(job.upload === undefined ? [] : uploadLines(job.upload)),
      `request = ${writeLiteral(request, style)}\n`,
      '# Keep the token when you try again: the service then never creates a second job.\n',
      'token = str(uuid.uuid4())\n',
      'job = boto3.client("s3control").create_job(ClientRequestToken=token, **request)\n',
      'print(job["JobId"])\n',
    ].join('');
  },
};

function uploadLines({ path, bucket, key }: NonNullable<ExportedJob['upload']>): string[] {
  return [
    `manifest = pathlib.Path(__file__).parent / ${pythonString(path)}\n`,
    '# SSE-S3: a CSV manifest under SSE-KMS makes the job fail.\n',
    'stored = boto3.client("s3").put_object(\n',
    `    Bucket=${pythonString(bucket)},\n    Key=${pythonString(key)},\n    Body=manifest.read_bytes(),\n    ServerSideEncryption="AES256",\n)\n`,
    'etag = stored["ETag"].strip(\'"\')\n\n',
  ];
}
