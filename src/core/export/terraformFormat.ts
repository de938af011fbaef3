import type { ExportFormat } from './exportFormat.js';
import { comment, requestParts, uploadInput } from './requestText.js';

/** A quoted string of HCL: `${` and `%{` begin templates there. Source: Terraform documentation, Strings and Templates. */
export function hclString(text: string): string {
  const body = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\b`, String.raw`\u0008`);
  return `"${body.replaceAll(String.raw`\f`, String.raw`\u000C`).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign)}"`;
}

/**
 * `terraform_data`, because the AWS provider has no resource for jobs: a job is created once for each version of the request. The
 * documents reach the AWS CLI as variables of the environment, where nothing of them is read by a shell.
 */
export const terraformFormat: ExportFormat = {
  label: 'Terraform (terraform_data)',
  extension: '.tf',
  language: 'terraform',
  write(job) {
    const { upload } = job;
    const [start = '', end] = requestParts(job).map(hclString);
    const lines = [
      'set -eu',
      ...(upload === undefined
        ? []
        : [
            'etag=$(aws s3api put-object --body "$MANIFEST" --cli-input-json "$UPLOAD" --query ETag --output text)',
            `etag=$(printf %s "$etag" | tr -d '"')`,
            'JOB="$JOB$etag$JOB_END"',
          ]),
      'aws s3control create-job --client-request-token "$TOKEN" --cli-input-json "$JOB"',
    ];
    const environment: readonly (readonly [string, string])[] = [
      ['JOB', 'local.job_request'],
      ...(end === undefined ? [] : [['JOB_END', 'local.job_request_end'] as const]),
      ...(upload === undefined
        ? []
        : ([
            ['MANIFEST', `"\${path.module}/\${${hclString(upload.path)}}"`],
            ['UPLOAD', hclString(uploadInput(upload))],
          ] as const)),
      // The same request never makes a second job, however often it is applied.
      ['TOKEN', 'sha256(local.job_version)'],
    ];
    const version =
      upload === undefined
        ? 'local.job_request'
        : `"\${local.job_request}\${local.job_request_end}\${filesha256("\${path.module}/\${${hclString(upload.path)}}")}"`;
    return [
      comment(job.title, '#'),
      `locals {\n${aligned([['job_request', start], ...(end === undefined ? [] : [['job_request_end', end] as const]), ['job_version', version]], 2)}}\n\n`,
      'resource "terraform_data" "s3_batch_job" {\n  triggers_replace = local.job_version\n\n',
      '  provisioner "local-exec" {\n',
      `    command = <<-EOT\n${lines.map((line) => `      ${line}\n`).join('')}    EOT\n\n`,
      '    environment = {\n',
      aligned(environment, 6),
      '    }\n  }\n}\n',
    ].join('');
  },
};

/** Assignments as `terraform fmt` aligns them. */
function aligned(assignments: readonly (readonly [string, string])[], indent: number): string {
  const width = Math.max(...assignments.map(([name]) => name.length));
  return assignments.map(([name, value]) => `${' '.repeat(indent)}${name.padEnd(width)} = ${value}\n`).join('');
}
