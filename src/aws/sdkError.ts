import { BatchError, cancelledError, errorCode, errorMessage, isBatchError, isCancelled } from '../base/errors.js';

/** What of an SDK error is looked at. Classes are not: a code outside the model arrives as a generic class (facts of the wire format). */
interface SdkErrorLike {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
}

/** System errors that mean: nobody answered. */
const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Answers without a body (HEAD) carry a status only; S3 names them so. Source: S3 API Reference, Error Responses. */
const codesByStatus: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  301: { code: 'PermanentRedirect', message: 'The bucket is in another Region.' },
  400: { code: 'BadRequest', message: 'The service refused the request.' },
  403: { code: 'AccessDenied', message: 'Access denied.' },
  404: { code: 'NotFound', message: 'There is nothing of this name.' },
  405: { code: 'MethodNotAllowed', message: 'This is not allowed here.' },
  412: { code: 'PreconditionFailed', message: 'The object has changed in the meantime.' },
  429: { code: 'TooManyRequestsException', message: 'Too many requests.' },
  500: { code: 'InternalError', message: 'The service had an internal error.' },
  503: { code: 'SlowDown', message: 'The service is busy.' },
};

const hints: Readonly<Record<string, string>> = {
  AccessDenied: 'Check the permissions of the credentials in use.',
  InvalidClientTokenId: 'The credentials of the profile are not valid, or not in this Region.',
  IdempotencyException: 'Submit again with a new token.',
  NoSuchJobException: 'Jobs are kept for 90 days, in the Region and account that they were created in.',
  NotFoundException: 'Jobs are kept for 90 days, in the Region and account that they were created in.',
  RequestTimeTooSkewed: "Check this computer's clock.",
  SlowDown: 'Wait a little and try again.',
  TooManyRequestsException: 'Wait a little and try again.',
};

export interface ErrorContext {
  /** What was tried, to stand behind "Could not". */
  readonly action: string;
  readonly targetLabel: string;
  /** The profile whose credentials were used; undefined without one. */
  readonly profile?: string | undefined;
}

/**
 * Maps whatever an SDK call threw to a BatchError, once, at the border. `code` is the service's error code (`NoSuchJobException`,
 * `AccessDenied`, …), or `NoCredentials`, `SignInExpired`, `NoRegion`, `Unreachable`, `TimedOut`, `InvalidResponse`, `Cancelled` when the service gave none. The SDK's error, with
 * the request id in its `$metadata`, is the cause.
 */
export function toBatchError(error: unknown, context: ErrorContext): BatchError {
  if (isBatchError(error)) return error;
  if (isCancelled(error)) return cancelledError();
  const unsent = beforeSending(error, context);
  if (unsent !== undefined) return unsent;

  const system = systemCode(error);
  if (system !== undefined && unreachableCodes.has(system)) {
    return new BatchError('Unreachable', `Could not ${context.action}: ${context.targetLabel} does not answer.`, {
      hint: 'Check that it is running and can be reached.',
      cause: error,
    });
  }

  const { name, Code, message, $metadata } = (error ?? {}) as SdkErrorLike;
  const status = typeof $metadata?.httpStatusCode === 'number' ? $metadata.httpStatusCode : undefined;
  if (name === 'TimeoutError') {
    return new BatchError('TimedOut', `Could not ${context.action}: ${context.targetLabel} took too long to answer.`, {
      cause: error,
    });
  }
  if (isDeserializationError(error) || status === undefined || (status >= 200 && status < 300)) {
    const isAnswerBroken = isDeserializationError(error) || status !== undefined;
    return new BatchError(
      isAnswerBroken ? 'InvalidResponse' : ownCode(error),
      isAnswerBroken
        ? `Could not ${context.action}: the answer of ${context.targetLabel} can't be read.`
        : `Could not ${context.action}: ${errorMessage(error)}`,
      { cause: error },
    );
  }

  const byStatus = codesByStatus[status];
  const given = typeof Code === 'string' && Code !== '' ? Code : typeof name === 'string' ? name : '';
  const isNamed = given !== '' && given !== 'Error' && !/^(UnknownError|Unknown|\d+)$/.test(given);
  const code = isNamed ? given : (byStatus?.code ?? `Http${status}`);
  const hasMessage = typeof message === 'string' && message !== '' && message !== 'UnknownError' && message !== code;
  const text = hasMessage ? message : (byStatus?.message ?? `The service answered with HTTP status ${status}.`);
  const hint = code.startsWith('ExpiredToken') ? signInHint('', context.profile) : hints[code];
  return new BatchError(code, `Could not ${context.action}: ${text}`, { ...(hint === undefined ? {} : { hint }), cause: error });
}

/** The service's id of the failed request: what AWS Support asks for. Undefined when there was no answer. */
export function requestIdOf(error: unknown): string | undefined {
  const source = isBatchError(error) ? error.cause : error;
  const id = (source as SdkErrorLike | null | undefined)?.$metadata?.requestId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The system error may be the cause, or one of the errors of an AggregateError (both address families failed). */
function systemCode(error: unknown): string | undefined {
  const own = errorCode(error);
  if (own !== undefined) return own;
  if (error instanceof AggregateError) return error.errors.map(errorCode).find((code) => code !== undefined);
  return error instanceof Error && error.cause !== undefined ? errorCode(error.cause) : undefined;
}

/** The SDK marks an answer that it could not parse with a hidden `$response`; such an error is no service error. */
function isDeserializationError(error: unknown): boolean {
  return error instanceof Error && '$response' in error && !('$fault' in error);
}

function ownCode(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return name === '' || name === 'Error' || name === 'TypeError' ? 'RequestFailed' : name;
}

/** What the SDK says before it sends anything, in words that say what to do; undefined for anything else. */
function beforeSending(error: unknown, { action, profile }: ErrorContext): BatchError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') {
    const isExpired = /sso|expired|re-?authenticate|aws login/i.test(error.message);
    const message = `Could not ${action}: ${isExpired ? error.message.replace(/ To refresh this SSO session run.*$/, '') : `there are no usable AWS credentials. ${error.message}`}`;
    const hint = isExpired
      ? signInHint(error.message, profile)
      : 'Sign in, for example with "aws sso login", or use another profile.';
    return new BatchError(isExpired ? 'SignInExpired' : 'NoCredentials', message, { hint, cause: error });
  }
  if (/^Region (is missing|not accepted)/.test(error.message)) {
    return new BatchError('NoRegion', 'Neither the options nor the profile nor the environment name a usable Region.', {
      hint: 'Name the Region of the bucket.',
      cause: error,
    });
  }
  return undefined;
}

/** The command that gets new credentials. A profile that is no plain word is quoted. */
function signInHint(message: string, profile: string | undefined): string {
  const command = /\baws login\b/.test(message) ? 'aws login' : 'aws sso login';
  if (profile === undefined) return 'Get new credentials, then try again.';
  return `Sign in again: ${command} --profile ${/^[\w.@+-]+$/.test(profile) ? profile : `"${profile}"`}`;
}
