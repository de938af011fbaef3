import type { ResultCode } from './handlerTypes.js';

/** In characters. Source: aws-samples' tagging guide; no page of the user guide states it. */
export const maxResultStringLength = 1024;

/** The report's text for an answer that is no response. Observed on the service. */
export const invalidResponseMessage = 'Invalid JSON returned in Lambda payload';

export type ReadResponse =
  | { readonly kind: 'result'; readonly resultCode: ResultCode; readonly resultString: string }
  /** Not of the response's form: the task fails with `invalidResponseMessage`. */
  | { readonly kind: 'invalid' };

const invalid: ReadResponse = { kind: 'invalid' };

/**
 * What a function's answer says of one task (S3 User Guide, batch-ops-invoke-lambda). `treatMissingKeysAs` applies to a task that
 * `results` leaves out, TemporaryFailure when it is absent. Emulated, being undocumented: `invocationId` and
 * `invocationSchemaVersion` may be missing (AWS's own sample omits one), `resultString` may be absent, null, a number or a boolean,
 * the first of two results for one task counts, and any other deviation makes the whole answer invalid.
 */
export function readResponse(payload: unknown, taskId: string): ReadResponse {
  if (!isRecord(payload)) return invalid;
  const { results, treatMissingKeysAs } = payload;
  if (!Array.isArray(results)) return invalid;
  if (treatMissingKeysAs !== undefined && treatMissingKeysAs !== null && !isResultCode(treatMissingKeysAs)) return invalid;
  let found: ReadResponse | undefined;
  for (const result of results as unknown[]) {
    const read = readResult(result);
    if (read === undefined) return invalid;
    if (read.taskId === taskId) found ??= { kind: 'result', resultCode: read.resultCode, resultString: read.resultString };
  }
  return found ?? { kind: 'result', resultCode: treatMissingKeysAs ?? 'TemporaryFailure', resultString: '' };
}

function readResult(result: unknown): { taskId: string; resultCode: ResultCode; resultString: string } | undefined {
  if (!isRecord(result)) return undefined;
  const { taskId, resultCode, resultString } = result;
  if (typeof taskId !== 'string' || !isResultCode(resultCode)) return undefined;
  if (typeof resultString === 'string') return { taskId, resultCode, resultString: cut(resultString) };
  if (resultString === undefined || resultString === null) return { taskId, resultCode, resultString: '' };
  if (typeof resultString === 'object') return undefined;
  return { taskId, resultCode, resultString: cut(String(resultString)) };
}

/** Never leaves half of a surrogate pair at the end. */
function cut(text: string): string {
  if (text.length <= maxResultStringLength) return text;
  const last = text.charCodeAt(maxResultStringLength - 1);
  const isHalfPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalfPair ? maxResultStringLength - 1 : maxResultStringLength);
}

interface Fields {
  readonly results?: unknown;
  readonly treatMissingKeysAs?: unknown;
  readonly taskId?: unknown;
  readonly resultCode?: unknown;
  readonly resultString?: unknown;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isResultCode(value: unknown): value is ResultCode {
  return value === 'Succeeded' || value === 'TemporaryFailure' || value === 'PermanentFailure';
}
