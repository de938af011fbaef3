import { closeSync, openSync } from 'node:fs';
import { deferred } from '../../base/async.js';
import type { Environment } from '../contracts.js';
import type { JobDebugger } from '../debug/jobDebugger.js';
import { resultLine } from '../debug/resultLine.js';
import { withFaults } from './faults.js';
import { type PerformTask, startInlineRun } from './inlineRun.js';
import { outputFile } from './jobFiles.js';
import { createLambdaPerformer } from './lambdaPerformer.js';
import { outputText, writeOutput } from './outputLog.js';
import type { RunPlan, TaskCounts } from './runPlan.js';
import type { RunProcess } from './runProcess.js';
import type { OutputSink, TaskAttempt, TaskPerformer } from './taskPerformer.js';

/**
 * Runs the tasks of a job whose handler a debugger holds, one after the other and without limits of time. In this thread and not in a
 * host of lanes: the handler is in the process of its debug session, and lanes would bring what a debugger must not meet, which is
 * threads that are ended when they take too long. Journal, redrives, threshold and report are those of every job.
 */
export function startDebuggedRun(options: {
  readonly plan: RunPlan;
  readonly session: JobDebugger;
  readonly onProgress: (counts: TaskCounts) => void;
}): RunProcess {
  const { session, onProgress } = options;
  const plan: RunPlan = { ...options.plan, settings: { ...options.plan.settings, concurrency: 1 } };
  const { redrives } = plan.settings;
  let task: TaskAttempt | undefined;
  let performer: Promise<TaskPerformer> | undefined;
  /** Resolves when what is under way is not waited for any more; rejects when the run can't go on. */
  const cutOff = deferred<undefined>();
  // Looked at only while a task is under way.
  cutOff.promise.catch(() => undefined);

  let outputFd: number | undefined;
  let written = 0;
  const keep: OutputSink = (stream, line) => {
    const text = outputText(task, stream, line);
    try {
      outputFd ??= openSync(outputFile(plan.directory), 'a');
      writeOutput(outputFd, text, written, plan.settings);
      written += text.length;
    } catch (error) {
      cutOff.reject(error);
    }
  };
  session.onOutput = keep;
  const say: OutputSink = (stream, line) => {
    keep(stream, line);
    session.print(stream, line);
  };

  const environment: Environment = {
    invoke: (event, { requestId }) => {
      const { row = 0, attempt = 0, bucket = '', keyField = '' } = task ?? {};
      return session.invoke({ kind: 'invoke', row, attempt, bucket, keyField, event, requestId });
    },
    dispose: () => Promise.resolve(),
  };
  const perform: PerformTask = async (attempt) => {
    task = attempt;
    performer ??= createLambdaPerformer(plan, () => Promise.resolve(environment), say).then((made) => withFaults(made, plan));
    const result = await Promise.race([(await performer).perform(attempt), cutOff.promise]);
    if (result === undefined) return undefined;
    session.print('stdout', resultLine(attempt, result, result.isRetryable && attempt.attempt < redrives));
    return result;
  };
  const run = startInlineRun({ plan, perform, onProgress, isUnhurried: true });
  return {
    pid: undefined,
    ended: run.ended.finally(() => {
      session.onOutput = () => undefined;
      if (outputFd !== undefined) closeSync(outputFd);
    }),
    stop: (isCancel) => {
      run.stop(isCancel);
      if (isCancel) cutOff.resolve(undefined);
    },
    kill: () => {
      run.kill();
      cutOff.resolve(undefined);
    },
  };
}
