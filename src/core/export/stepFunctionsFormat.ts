import { isRecord } from '../operations/validateShape.js';
import type { ExportFormat } from './exportFormat.js';
import { uploadFirst } from './customResource.js';
import { etagMark, requestWithMark } from './requestText.js';

/**
 * A state machine with an AWS SDK integration (`aws-sdk:s3control:createJob`), in JSONata. The token comes of the execution, so that a
 * state that is retried never creates a second job. Source: Step Functions Developer Guide, supported-services-awssdk.
 */
export const stepFunctionsFormat: ExportFormat = {
  label: 'Step Functions (state machine)',
  extension: '.asl.json',
  language: 'json',
  write(job) {
    const create = {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3control:createJob',
      Arguments: {
        ...(literal(requestWithMark(job)) as Record<string, unknown>),
        ClientRequestToken: "{% $hash($states.context.Execution.Id & $states.context.State.Name, 'SHA-256') %}",
      },
      Retry: [
        {
          ErrorEquals: [
            'S3Control.TooManyRequestsException',
            'S3Control.InternalServiceException',
            'S3Control.SdkClientException',
          ],
          IntervalSeconds: 2,
          MaxAttempts: 5,
          BackoffRate: 2,
        },
      ],
      Output: { JobId: '{% $states.result.JobId %}' },
      End: true,
    };
    const place = job.upload;
    const states =
      place === undefined
        ? { CreateJob: create }
        : {
            FindManifest: {
              Type: 'Task',
              Resource: 'arn:aws:states:::aws-sdk:s3:headObject',
              Arguments: { Bucket: literal(place.bucket), Key: literal(place.key) },
              // S3 puts the ETag in quotes, a job wants it without.
              Assign: { etag: `{% $replace($states.result.ETag, '"', '') %}` },
              Next: 'CreateJob',
            },
            CreateJob: create,
          };
    const machine = {
      Comment: [job.title, ...(place === undefined ? [] : [uploadFirst(place)])].join(' '),
      QueryLanguage: 'JSONata',
      StartAt: place === undefined ? 'CreateJob' : 'FindManifest',
      States: states,
    };
    return `${JSON.stringify(machine, undefined, 2)}\n`;
  },
};

/** In JSONata states `{% … %}` is an expression: text that looks like one becomes an expression that gives it. */
function literal(value: unknown): unknown {
  if (value === etagMark) return '{% $etag %}';
  if (typeof value === 'string') return /^\{%[^]*%\}$/.test(value) ? `{% ${JSON.stringify(value)} %}` : value;
  if (Array.isArray(value)) return value.map(literal);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, literal(member)]));
}
