import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.js';
import type { EngineConnection } from '../core/job/target.js';
import { ChangeRecorder } from './changes/changeRecorder.js';
import { defaultEngineSettings, type EngineContext, type EngineLog, type EngineSettings, type Router } from './contracts.js';
import { createControlRouter } from './control/controlRouter.js';
import { migrateData } from './dataVersion.js';
import { lockDirectory } from './directoryLock.js';
import type { VersionedObjectStore } from './objectStore.js';
import { openDataDirectory } from './openDataDirectory.js';
import { startServer } from './http/engineServer.js';
import { ReadThrough } from './readThrough/readThrough.js';
import { createReadThroughRouter } from './readThrough/readThroughRouter.js';
import { createS3Router } from './s3/s3Router.js';
import type { FunctionSetting } from './lambda/functionSettings.js';
import { createFunctionRegistry } from './lambda/functionRegistry.js';
import { createLambdaRouter } from './lambda/lambdaRouter.js';
import { seedBuckets } from './s3/seedBuckets.js';
import { openObjectStore } from './s3/openObjectStore.js';
import { createStsRouter } from './sts/stsRouter.js';

export interface EngineOptions {
  /** A free one when left out or 0. */
  readonly port?: number;
  /** Made when it is missing. One engine at a time. */
  readonly dataDirectory: string;
  /** Where other windows can join the engine: stands in the lock of the data directory. */
  readonly channel?: string;
  /** SAM or CloudFormation templates that declare functions. */
  readonly templates?: readonly string[];
  readonly region?: string;
  readonly accountId?: string;
  /** A folder of bucket folders: those that the store does not have yet are copied in at start. */
  readonly seedDirectory?: string;
  readonly settings?: Partial<EngineSettings>;
  /** Functions that no template declares: entries of the setting `s3batch.local.functions`. */
  readonly functions?: readonly FunctionSetting[];
  /** Command of the Python interpreter for handlers; looked for unless said. */
  readonly python?: string;
  readonly clock?: Clock;
  readonly log?: EngineLog;
}

export interface RunningEngine {
  readonly connection: EngineConnection;
  readonly store: VersionedObjectStore;
  /** Resolves when somebody has deleted the data directory, or its lock: the engine must end, another may be starting there. */
  readonly lost: Promise<void>;
  /** Stops accepting, lets what is under way end shortly, flushes, and gives the data directory free. */
  close(): Promise<void>;
}

export const localAccountId = '000000000000';
const defaultRegion = 'us-east-1';
const silentLog: EngineLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts a local engine inside this process. Rejects with BatchErrors `DataDirectoryInUse`, `PortInUse` and those of the template
 * reader; nothing is left running or locked then.
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const dataDirectory = await openDataDirectory(options.dataDirectory);
  const cleanUps: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    // The last to start is the first to stop; a failure must not keep the rest from ending.
    const failures: unknown[] = [];
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const lock = await lockDirectory(dataDirectory, options.channel);
    cleanUps.push(() => lock.release());
    await migrateData(dataDirectory, options.log);
    let port = 0;
    const context: EngineContext = {
      dataDirectory,
      region: options.region ?? defaultRegion,
      accountId: options.accountId ?? localAccountId,
      // The keys are new at every start and never stored: who can't read the ready line can't call the engine.
      accessKeyId: `LKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      endpoint: () => `http://127.0.0.1:${port}`,
      clock: options.clock ?? systemClock,
      log: options.log ?? silentLog,
      settings: { ...defaultEngineSettings, ...options.settings },
      ...(options.python === undefined ? {} : { python: options.python }),
    };
    const readThrough = new ReadThrough(context.clock);
    const store = await openObjectStore({
      dataDirectory,
      clock: context.clock,
      log: context.log,
      restoreDelayMs: context.settings.restoreDelayMs,
      changes: new ChangeRecorder({ jobsDirectory: join(dataDirectory, 'jobs'), log: context.log }),
      readThrough,
    });
    cleanUps.push(() => store.close());
    if (options.seedDirectory !== undefined) await seedBuckets(store, options.seedDirectory, context.log);
    const functions = createFunctionRegistry({
      templates: options.templates ?? [],
      functions: options.functions ?? [],
      region: context.region,
      accountId: context.accountId,
      log: context.log,
    });
    const control = await createControlRouter(context, { store, functions, readThrough });
    cleanUps.push(() => control.close());
    // Before the jobs are stopped: what waits for an object would hold them up.
    cleanUps.push(async () => readThrough.dispose());
    const lambda = createLambdaRouter(context, functions);
    cleanUps.push(() => lambda.close());
    const routers: Router[] = [
      createStsRouter(context),
      control.router,
      lambda.router,
      createReadThroughRouter(readThrough),
      createS3Router(context, store),
    ];
    const server = await startServer({
      port: options.port,
      keys: context,
      silenceMs: context.settings.silenceMs,
      clock: context.clock,
      log: context.log,
      router: async (request) => {
        for (const router of routers) {
          const answer = await router(request);
          if (answer !== undefined) return answer;
        }
        return undefined;
      },
    });
    // Below the sides that run handlers, which stop first: handlers that finish up still reach the server.
    cleanUps.splice(-2, 0, () => server.close());
    port = server.port;
    control.start();
    const { region, accountId, accessKeyId, secretAccessKey } = context;
    return {
      connection: { endpoint: context.endpoint(), port, accountId, region, accessKeyId, secretAccessKey, dataDirectory },
      store,
      lost: lock.lost,
      close,
    };
  } catch (error) {
    await close().catch((closeError: unknown) => options.log?.error('The engine could not clean up.', closeError));
    throw error;
  }
}
