import type { JobFailure } from '../../core/job/jobTypes.js';

/** In characters. Source: API Reference, JobFailure. */
const maxReasonLength = 256;

/** A reason of DescribeJob's FailureReasons, cut to what the service allows. */
export function jobFailure(code: string, reason: string): JobFailure {
  return { FailureCode: code, FailureReason: reason.slice(0, maxReasonLength) };
}

/** The text that the service gives when the report can't be written (S3 User Guide, troubleshooting); its code is emulated. */
export const reportNotWritten: JobFailure = jobFailure(
  'ReportNotWritten',
  'The job report could not be written to your report bucket. Please check your permissions.',
);
