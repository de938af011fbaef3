import { decodeKey } from '../../core/manifest/keyEncoding.js';
import { runForJob } from '../changes/jobScope.js';
import { newRequestIds } from '../http/requestIds.js';
import { missingVersion } from '../run/missingVersion.js';
import type { PerformTask } from '../run/inlineRun.js';
import type { TaskResult } from '../run/taskPerformer.js';
import { ServiceError } from '../serviceError.js';
import { type OperationContext, type OperationPerformer, TaskFailure } from './operationPerformer.js';

/** The tasks of one job, performed by its operation. Every error of a task becomes its report row; only an abort is thrown. */
export function performOperation<Parameters>(
  performer: OperationPerformer<Parameters>,
  parameters: Parameters,
  job: { readonly context: OperationContext; readonly jobId: string },
): PerformTask {
  const { jobId } = job;
  return ({ bucket, keyField, versionField }, signal) =>
    runForJob(jobId, async (): Promise<TaskResult> => {
      if (versionField === '') return performer.missingVersion ?? missingVersion;
      try {
        const message = await performer.perform(job.context, parameters, {
          bucket,
          // The check of the manifest lets no other field pass.
          key: decodeKey(keyField) ?? keyField,
          versionId: versionField,
          jobId,
          signal,
        });
        return { kind: 'succeeded', httpStatus: 200, errorCode: '', message, isRetryable: false };
      } catch (error) {
        signal.throwIfAborted();
        return failureOf(error);
      }
    });
}

function failureOf(error: unknown): TaskResult {
  if (error instanceof TaskFailure) {
    const { httpStatus, errorCode, message } = error;
    return { kind: 'failed', httpStatus, errorCode, message, isRetryable: false };
  }
  const { status, code, message } =
    error instanceof ServiceError
      ? error
      : new ServiceError(500, 'InternalError', 'We encountered an internal error. Please try again.');
  return {
    kind: 'failed',
    httpStatus: status,
    errorCode: code,
    message: sdkMessage(status, code, error instanceof Error ? error.message : message),
    // What S3 asks to repeat. How often the service does is not documented: the setting of redrives.
    isRetryable: status >= 500 && code !== 'NotImplemented',
  };
}

/** Rows of the service carry the text of the SDK that it calls S3 with. Observed; not documented. */
function sdkMessage(status: number, code: string, message: string): string {
  const { requestId, hostId } = newRequestIds('s3');
  return (
    `${message} (Service: Amazon S3; Status Code: ${status}; Error Code: ${code}; ` +
    `Request ID: ${requestId}; S3 Extended Request ID: ${hostId}; Proxy: null)`
  );
}
