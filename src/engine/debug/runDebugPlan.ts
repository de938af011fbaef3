import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BatchError } from '../../base/errors.js';
import type { DebugLines, DebugObject, DebugPlan } from '../../core/handler/debugPlan.js';
import { encodeEventKey } from '../../core/handler/event.js';
import { splitRow } from '../../core/manifest/rowFields.js';
import { defaultEngineSettings, type Environment } from '../contracts.js';
import { createLambdaPerformer } from '../run/lambdaPerformer.js';
import type { TaskAttempt } from '../run/taskPerformer.js';
import { findPlannedFunction } from './findPlannedFunction.js';
import type { HandlerHost } from './handlerHost.js';
import { resultLine } from './resultLine.js';

const jobId = '00000000-0000-4000-8000-000000000000';

type DebugTasks = DebugObject | DebugLines;

/**
 * Invokes a handler for tasks as a lane of a job does, without time limits and without redrives. Resolves with whether all tasks
 * succeeded.
 */
export async function runDebugPlan(plan: DebugPlan, tasks: DebugTasks, host: HandlerHost): Promise<boolean> {
  const { print } = host;
  const definition = await findPlannedFunction(plan, (message) => print('stderr', message));
  let task: TaskAttempt | undefined;
  const performer = await createLambdaPerformer(
    {
      jobId,
      generation: 0,
      settings: defaultEngineSettings,
      work: {
        operation: 'LambdaInvoke',
        functionArn: plan.functionArn,
        schemaVersion: plan.schemaVersion,
        ...(plan.userArguments === undefined ? {} : { userArguments: plan.userArguments }),
        definition,
        environment: { ...plan.environment, isDebugged: true },
      },
    },
    async (found, options) => {
      const environment = await host.createEnvironment(found, options);
      return {
        ...withoutDeadlines(environment),
        invoke: (event, context) => {
          // Of a handler that could not be loaded there is nothing to step into: what is wrong with it is said at once.
          if (task !== undefined && task.row + 1 === plan.breakOnRow && environment.loadFailure === undefined) {
            host.stopBefore(task, event);
          }
          return environment.invoke(event, { ...context, deadlineMs: Infinity });
        },
      };
    },
    print,
  );
  let isSucceeded = true;
  let count = 0;
  try {
    for await (task of tasksOf(tasks)) {
      count += 1;
      if (host.isGone) {
        print('stderr', `The process of the handler has ended: row ${task.row + 1} and those after it are not run.`);
        return false;
      }
      const result = await performer.perform(task);
      print('stdout', resultLine(task, result));
      if (result.kind !== 'succeeded') isSucceeded = false;
    }
  } finally {
    await performer.dispose();
  }
  if (count === 0) throw new BatchError('NoRow', 'The manifest has no row there.');
  return isSucceeded;
}

function withoutDeadlines(environment: Environment): Omit<Environment, 'invoke'> {
  return {
    get isUsable() {
      return environment.isUsable ?? true;
    },
    dispose: () => environment.dispose(),
  };
}

async function* tasksOf(tasks: DebugTasks): AsyncGenerator<TaskAttempt> {
  if ('manifest' in tasks) {
    yield* readLines(tasks);
    return;
  }
  const { bucket, key, versionId } = tasks;
  yield { row: 0, attempt: 0, bucket, keyField: encodeEventKey(key), versionField: versionId };
}

async function* readLines({ manifest, fields, first, last }: DebugLines): AsyncGenerator<TaskAttempt> {
  const input = createReadStream(manifest, 'utf8');
  const columns = [fields.indexOf('Bucket'), fields.indexOf('Key'), fields.indexOf('VersionId')] as const;
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1;
      if (line > last) return;
      if (line < first || text.trim() === '') continue;
      const row = splitRow(text);
      const [bucket, keyField, versionField] = columns.map((column) => row.fields[column]?.value);
      if (row.error !== undefined || bucket === undefined || keyField === undefined) {
        throw new BatchError('BadRow', `Line ${line} of ${manifest} names no object.`);
      }
      yield { row: line - 1, attempt: 0, bucket, keyField, versionField };
    }
  } finally {
    input.destroy();
  }
}
