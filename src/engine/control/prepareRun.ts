import { BatchError } from '../../base/errors.js';
import { chaosTag } from '../../core/job/runTags.js';
import type { JobReport, LambdaInvokeOperation } from '../../core/job/jobTypes.js';
import { jobToken } from '../changes/jobScope.js';
import type { EngineContext, EngineSettings, FunctionDefinition, FunctionRegistry } from '../contracts.js';
import { findPerformer } from '../operations/performers.js';
import { performOperation } from '../operations/performOperation.js';
import type { JobDebugger } from '../debug/jobDebugger.js';
import { startDebuggedRun } from '../run/debuggedRun.js';
import type { CrashedTask } from '../run/crashedTask.js';
import { faultyPerform } from '../run/faults.js';
import type { JobPlan, LambdaPlan, ReportRows, TaskCounts } from '../run/runPlan.js';
import type { RunProcess } from '../run/runProcess.js';
import { startInlineRun } from '../run/inlineRun.js';
import { operationOf } from '../run/requestedOperation.js';
import type { JobRecord } from './jobRecord.js';
import type { JobServices } from './jobServices.js';

/** A job that is about to run, and what belongs to it. */
export interface PreparedJob {
  readonly record: JobRecord;
  readonly directory: string;
  /** Absent: its handler runs in a host of its own, without a debugger. */
  readonly session?: JobDebugger | undefined;
  /** The process before this one crashed without a task done. `crashed`: the task that did it, if that is known. */
  readonly care?: { readonly isCareful: boolean; readonly crashed: CrashedTask | undefined };
  readonly onCounts: (counts: TaskCounts) => void;
}

/**
 * Resolves with what starts the run of an active job: of one that invokes a function in a process of its own or that of its debug
 * session, of any other in this one, on the store. Rejects when the function's template can't be read, and with
 * `FetcherGone`.
 */
export async function prepareRun(
  { record, directory, session, care, onCounts }: PreparedJob,
  context: EngineContext,
  services: JobServices,
): Promise<() => RunProcess> {
  const { id, layout, request } = record;
  if (layout === undefined) throw new BatchError('Internal', `Job ${id} is active, but was not prepared.`);
  services.readThrough.join(id, record.tags);
  const plan: JobPlan = {
    jobId: id,
    generation: record.generation,
    directory,
    layout,
    ...faultSettings(context.settings, record),
    reportRows: reportRowsOf(request.Report),
  };
  const onProgress = ({ succeeded, failed }: TaskCounts): void => onCounts({ succeeded, failed });
  const { name, parameters } = operationOf(request);
  const performer = findPerformer(name);
  if (performer !== undefined) {
    const perform = performOperation(performer, parameters, { context: { ...context, store: services.store }, jobId: id });
    return () => startInlineRun({ plan, perform: faultyPerform(perform, plan), onProgress });
  }
  const work = await lambdaPlan(id, request.Operation.LambdaInvoke ?? { FunctionArn: '' }, context, services.functions);
  if (session !== undefined) return () => startDebuggedRun({ plan: { ...plan, work }, session, onProgress });
  const { definition } = work;
  const isCareful = care?.isCareful === true;
  const settings = { ...plan.settings, concurrency: isCareful ? 1 : environmentsAtOnce(plan.settings, definition) };
  const { crashed } = care ?? {};
  return () =>
    services.startRun({
      plan: { ...plan, settings, work, isCareful, ...(crashed === undefined ? {} : { crashed }) },
      log: context.log,
      onProgress,
    });
}

async function lambdaPlan(
  jobId: string,
  operation: LambdaInvokeOperation,
  context: EngineContext,
  functions: FunctionRegistry,
): Promise<LambdaPlan> {
  const { UserArguments: userArguments } = operation;
  return {
    operation: 'LambdaInvoke',
    functionArn: operation.FunctionArn,
    schemaVersion: operation.InvocationSchemaVersion === '2.0' ? '2.0' : '1.0',
    ...(userArguments === undefined ? {} : { userArguments }),
    definition: (await functions.find(operation.FunctionArn)) ?? null,
    environment: {
      region: context.region,
      accountId: context.accountId,
      endpoint: context.endpoint(),
      accessKeyId: context.accessKeyId,
      secretAccessKey: context.secretAccessKey,
      sessionToken: jobToken(jobId),
      ...(context.python === undefined ? {} : { python: context.python }),
    },
  };
}

/** Execution environments of a function that run side by side: as its reserved concurrency and the settings allow, and one at least. */
export function environmentsAtOnce(
  { concurrency, memoryMb }: Pick<EngineSettings, 'concurrency' | 'memoryMb'>,
  definition: Pick<FunctionDefinition, 'memoryMb' | 'reservedConcurrency'> | null,
): number {
  const fitting = memoryMb === 0 || definition === null ? Infinity : Math.floor(memoryMb / definition.memoryMb);
  return Math.max(1, Math.min(concurrency, fitting, definition?.reservedConcurrency ?? Infinity));
}

/** The faults of the chaos switch are many, and nobody learns from waiting for each. */
const chaosRedriveDelayMs = 20;

/** A tag and no setting of the engine: a job keeps its faults over a restart, and other jobs have none. */
function faultSettings(settings: EngineSettings, { tags }: JobRecord): Pick<JobPlan, 'settings' | 'chaosSeed'> {
  const value = tags.find((tag) => tag.Key === chaosTag)?.Value ?? '';
  if (!/^\d{1,15}$/.test(value)) return { settings };
  const redriveDelayMs = Math.min(settings.redriveDelayMs, chaosRedriveDelayMs);
  return { settings: { ...settings, redriveDelayMs }, chaosSeed: Number(value) };
}

function reportRowsOf(report: JobReport): ReportRows {
  if (!report.Enabled) return 'none';
  return report.ReportScope === 'FailedTasksOnly' ? 'failed' : 'all';
}
