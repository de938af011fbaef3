import { errorMessage } from '../../base/errors.js';
import { buildEvent } from '../../core/handler/event.js';
import { invalidResponseMessage, readResponse } from '../../core/handler/response.js';
import { maxResultMessageLength } from '../../core/report/reportRow.js';
import type { EngineSettings, Environment, EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../contracts.js';
import { emulatedText } from '../emulatedText.js';
import { eventKeyOf } from './eventKey.js';
import { missingVersion } from './missingVersion.js';
import type { LambdaPlan, RunPlan } from './runPlan.js';
import { invocationIdOf, requestIds, taskIds } from './taskIds.js';
import type { OutputSink, TaskAttempt, TaskPerformer, TaskResult } from './taskPerformer.js';

export type CreateEnvironment = (definition: FunctionDefinition, options: EnvironmentOptions) => Promise<Environment>;

/** What of a run's plan its tasks are performed by. */
export interface LambdaRun extends Pick<RunPlan, 'jobId' | 'generation' | 'settings'> {
  readonly work: LambdaPlan;
}

/** Performs LambdaInvoke: one invocation a task, as the service does in practice. */
export async function createLambdaPerformer(
  plan: LambdaRun,
  createEnvironment: CreateEnvironment,
  output: OutputSink,
): Promise<TaskPerformer> {
  const { work } = plan;
  if (work.definition === null) return functionMissing(work.functionArn);
  const { definition } = work;
  if (definition.reservedConcurrency === 0) return throttled();
  const environment = await createEnvironment(definition, { ...work.environment, onOutput: output });
  const timeoutMs = definition.timeoutMs;
  const userArguments = work.userArguments ?? absentUserArguments[plan.settings.absentUserArguments];
  const isEchoed = plan.settings.s3KeyEncoding === 'echo';
  const requestId = requestIds(plan.jobId, plan.generation);
  const taskId = taskIds(plan.jobId);
  const begin = (task: TaskAttempt, onResult: (result: TaskResult) => void): void => {
    if (task.versionField === '') {
      onResult(missingVersion);
      return;
    }
    const id = taskId(task.row);
    const event = buildEvent(work.schemaVersion, {
      invocationId: invocationIdOf(id, task.attempt),
      jobId: plan.jobId,
      taskId: id,
      s3Key: isEchoed ? task.keyField : eventKeyOf(task.keyField),
      versionId: task.versionField ?? null,
      bucket: task.bucket,
      userArguments,
    });
    const context = {
      requestId: requestId(task.row, task.attempt),
      deadlineMs: (task.sinceMs ?? Date.now()) + timeoutMs,
    };
    const onOutcome = (outcome: InvokeOutcome): void => {
      // The report has room for the message only.
      if (outcome.kind === 'functionError') output('stderr', describeFunctionError(outcome));
      onResult(resultOf(outcome, id, plan.settings));
    };
    const onError = (error: unknown): void => {
      output('stderr', `The invocation could not be made: ${errorMessage(error)}`);
      onOutcome({ kind: 'functionError', errorType: 'Runtime.Unknown', errorMessage: errorMessage(error), trace: [] });
    };
    // An environment that has to be started anew says so by a promise only.
    if (environment.begin === undefined || environment.isUsable === false) {
      environment.invoke(event, context).then(onOutcome, onError);
      return;
    }
    try {
      environment.begin(event, context, onOutcome);
    } catch (error) {
      onError(error);
    }
  };
  return {
    get isUsable() {
      return environment.isUsable ?? true;
    },
    queueLength: environment.queueLength ?? 1,
    begin,
    perform: (task) => new Promise((resolve) => begin(task, resolve)),
    dispose: () => environment.dispose(),
  };
}

const absentUserArguments = { omit: undefined, null: null, empty: {} } as const;

export function describeFunctionError(error: Extract<InvokeOutcome, { kind: 'functionError' }>): string {
  const head = `${error.errorType}: ${error.errorMessage}`;
  const [first = ''] = error.trace;
  // Node's traces begin with the error, Python's with a frame, whose line of source may well quote the message.
  const hasHead = !/^\s/.test(first) && first.includes(error.errorMessage);
  return [...(hasHead ? [] : [head]), ...error.trace.map((line) => line.trimEnd())].join('\n');
}

function resultOf(outcome: InvokeOutcome, taskId: string, settings: FunctionErrorSettings): TaskResult {
  switch (outcome.kind) {
    case 'functionError':
      return functionError(outcome.errorMessage, settings);
    case 'timedOut':
      return functionError(timeoutMessage(Date.now(), outcome.requestId, outcome.afterMs), settings);
    case 'invalidJson':
      return invalidResponse;
    case 'returned': {
      const response = readResponse(outcome.payload, taskId);
      if (response.kind === 'invalid') return invalidResponse;
      const { resultCode, resultString } = response;
      // The status is that of the Invoke call, so 200 for failed tasks too.
      if (resultCode === 'Succeeded') {
        if (resultString === '') return plainSuccess;
        return { kind: 'succeeded', httpStatus: 200, errorCode: '', message: resultString, isRetryable: false };
      }
      return {
        kind: 'failed',
        httpStatus: 200,
        errorCode: resultCode,
        message: resultString,
        isRetryable: resultCode === 'TemporaryFailure',
      };
    }
  }
}

const plainSuccess: TaskResult = { kind: 'succeeded', httpStatus: 200, errorCode: '', message: '', isRetryable: false };

const invalidResponse: TaskResult = {
  kind: 'failed',
  httpStatus: 200,
  errorCode: 'PermanentFailure',
  message: invalidResponseMessage,
  isRetryable: false,
};

type FunctionErrorSettings = Pick<EngineSettings, 'functionErrors'>;

/** The report's text for a function that threw or timed out (S3 User Guide, batch-ops-examples-reports). Redriving it is emulated. */
export function functionError(message: string, { functionErrors }: FunctionErrorSettings): TaskResult {
  return {
    kind: 'failed',
    httpStatus: 200,
    errorCode: 'PermanentFailure',
    message: cutMessage(`Lambda returned function error: ${JSON.stringify({ errorMessage: message })}`),
    isRetryable: functionErrors === 'redrive',
  };
}

/** `2019-04-05T17:35:21.155Z 2845ca0d-… Task timed out after 3.00 seconds`, as Lambda words it. */
export function timeoutMessage(nowMs: number, requestId: string, afterMs: number): string {
  return `${new Date(nowMs).toISOString()} ${requestId} Task timed out after ${(afterMs / 1000).toFixed(2)} seconds`;
}

/** Never leaves half of a surrogate pair at the end. */
function cutMessage(text: string): string {
  if (text.length <= maxResultMessageLength) return text;
  const cut = text.slice(0, maxResultMessageLength);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Every task fails when the function does not exist; the codes are inferred from Lambda's Invoke: emulated. */
function functionMissing(functionArn: string): TaskPerformer {
  const errorCode = 'ResourceNotFoundException';
  return failing({
    httpStatus: 404,
    errorCode,
    message: `Function not found: ${functionArn} ${emulatedText}`,
    isRetryable: false,
  });
}

/** A function without concurrency is never invoked (Lambda Developer Guide, configuration-concurrency); that the row says so is emulated. */
function throttled(): TaskPerformer {
  return failing({ httpStatus: 429, errorCode: 'TooManyRequestsException', message: 'Rate Exceeded.', isRetryable: true });
}

function failing(failure: Omit<TaskResult, 'kind'>): TaskPerformer {
  const result: TaskResult = { kind: 'failed', ...failure };
  return {
    perform: (task) => Promise.resolve(task.versionField === '' ? missingVersion : result),
    dispose: () => Promise.resolve(),
  };
}
