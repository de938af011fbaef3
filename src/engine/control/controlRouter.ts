import { isTerminal } from '../../core/job/lifecycle.js';
import type { EngineContext, EngineRequest, Router } from '../contracts.js';
import { startRunProcess } from '../run/runProcess.js';
import { siblingScript } from '../siblingScript.js';
import { ServiceError } from '../serviceError.js';
import { answerJobCall, controlRoot } from './answerJobCall.js';
import { JobApi } from './jobApi.js';
import { JobDriver } from './jobDriver.js';
import { Jobs } from './jobs.js';
import type { JobServices, StartRun } from './jobServices.js';
import { JobStore } from './jobStore.js';

/** Without `startRun`: a run host process of this build. */
export type ControlServices = Omit<JobServices, 'startRun'> & Partial<Pick<JobServices, 'startRun'>>;

export interface ControlRouter {
  readonly router: Router;
  /** Goes on with the jobs that earlier starts left. To be called when the engine can be reached: handlers call it. */
  start(): void;
  /** Stops running jobs where they are; they go on at the next start. */
  close(): Promise<void>;
}

/** The job API of S3 Control. */
export async function createControlRouter(context: EngineContext, services: ControlServices): Promise<ControlRouter> {
  const jobs = new Jobs(new JobStore(context.dataDirectory, context.log), context.clock, context.log);
  await jobs.load();
  const script = siblingScript('runHost', 'run/runHost');
  const startRun: StartRun = services.startRun ?? ((options) => startRunProcess({ script, ...options }));
  const driver = new JobDriver(jobs, context, { ...services, startRun });
  const { readThrough } = services;
  jobs.onChange = (record) => {
    if (isTerminal(record.status)) readThrough.leave(record.id);
    driver.noticed(record);
  };
  const api = new JobApi(jobs, context);
  readThrough.cancelJobs = (jobIds, reason) => {
    for (const jobId of jobIds) driver.cancelSoon(jobId, reason);
  };
  return {
    router: async (request) => {
      if (!request.rawPath.startsWith(controlRoot) || request.hostBucket !== undefined) return undefined;
      checkAccount(request, context.accountId);
      return answerJobCall(api, request);
    },
    start: () => driver.start(),
    close: async () => {
      jobs.stopExpiry();
      await driver.close();
      await jobs.settled();
    },
  };
}

function checkAccount(request: EngineRequest, accountId: string): void {
  const account = request.headers['x-amz-account-id'];
  if (account === undefined) {
    throw new ServiceError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-account-id');
  }
  if (account !== accountId) {
    throw new ServiceError(403, 'AccessDenied', `Access Denied: the account of this engine is ${accountId}.`);
  }
}
