import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deferred } from '../../base/async.js';
import { BatchError, errorCode } from '../../base/errors.js';
import type { DebugJob, DebugPlan } from '../../core/handler/debugPlan.js';
import { jobToken } from '../changes/jobScope.js';
import type { Environment, EnvironmentOptions } from '../contracts.js';
import { addHostHandle } from '../hostHandles.js';
import { debuggerFile } from '../run/jobFiles.js';
import { describeFunctionError } from '../run/lambdaPerformer.js';
import { connectToPeer, type Peer, type PeerListener } from '../sharing/provenChannel.js';
import {
  type DebugInvocation,
  type DebuggeeToEngine,
  maxDebugMessageBytes,
  outputMessage,
  parseEngineMessage,
  parseWindowMessage,
} from './debugMessages.js';
import { findPlannedFunction } from './findPlannedFunction.js';
import type { HandlerHost } from './handlerHost.js';

const lookMs = 50;
const maxWindowMessageBytes = 64 * 1024;

interface End {
  readonly isSucceeded: boolean;
  readonly text: string;
}

/**
 * Runs the handler of a whole job: gets the job from the window that has started the debugger, and then from the engine one task after
 * the other, as long as the job takes. Resolves at the job's end with whether all its tasks succeeded; rejects when the window or the
 * engine has gone.
 */
export async function serveJob(plan: DebugPlan, job: DebugJob, host: HandlerHost): Promise<boolean> {
  const over = deferred<End>();
  const serve = async (): Promise<never> => {
    const definition = await findPlannedFunction(plan, (message) => host.print('stderr', message));
    const jobId = await askForJob(job, over.resolve);
    const tasks = new Handler(plan, host);
    const engine = await connectToJob(plan, join(job.dataDirectory, 'jobs', jobId), {
      onMessage: (given) => {
        const message = parseEngineMessage(given);
        if (message?.kind === 'invoke') tasks.invoke(message).catch(over.reject);
        else if (message?.kind === 'print') host.print(message.stream, message.line);
        else if (message?.kind === 'end') over.resolve(message);
      },
    });
    host.print('stdout', `Job ${jobId} runs under this debugger.`);
    await tasks.load(engine, async (onOutput) => {
      const { environment } = plan;
      return await host.createEnvironment(definition, {
        ...environment,
        sessionToken: jobToken(jobId),
        isDebugged: true,
        onOutput,
      });
    });
    await engine.closed;
    throw new BatchError('EngineGone', 'The local engine has ended, or has cancelled the job.');
  };
  serve().catch(over.reject);
  void host.gone.then(() => {
    // After what came of the task that has ended it.
    setImmediate(() => over.reject(new BatchError('HandlerGone', 'The process of the handler has ended, and the job with it.')));
  });
  const { isSucceeded, text } = await over.promise;
  host.print(isSucceeded ? 'stdout' : 'stderr', text);
  return isSucceeded;
}

/** Resolves with the id of the job once the window has created it. Rejects when the window goes, also later. */
async function askForJob(job: DebugJob, onEnd: (end: End) => void): Promise<string> {
  const jobId = deferred<string>();
  const window = await connectToPeer(job.window, {
    key: job.windowKey,
    maxMessageBytes: maxWindowMessageBytes,
    listener: {
      onMessage: (given) => {
        const message = parseWindowMessage(given);
        if (message?.kind === 'job') jobId.resolve(message.jobId);
        else if (message?.kind === 'end') onEnd({ isSucceeded: false, text: message.text });
      },
    },
  });
  addHostHandle(window.socket);
  void window.closed.then(() => onEnd({ isSucceeded: false, text: 'The window that debugs the job has closed.' }));
  window.send({ kind: 'start', session: job.session });
  return await jobId.promise;
}

/** Waits until the job has its turn; what ends it earlier is told by the window. */
async function connectToJob(plan: DebugPlan, directory: string, listener: PeerListener): Promise<Peer> {
  for (;;) {
    const address = await readAddress(debuggerFile(directory));
    if (address !== undefined) {
      const key = plan.environment.secretAccessKey;
      const engine = await connectToPeer(address, { key, maxMessageBytes: maxDebugMessageBytes, listener });
      addHostHandle(engine.socket);
      return engine;
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

async function readAddress(file: string): Promise<string | undefined> {
  try {
    return String((JSON.parse(await readFile(file, 'utf8')) as { readonly address: unknown }).address);
  } catch (error) {
    // Not there yet, or just being written.
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Invokes the handler for what the engine asks, which may be before it was loaded: a breakpoint stops that, too. */
class Handler {
  readonly #plan: DebugPlan;
  readonly #host: HandlerHost;
  readonly #loaded = deferred<{ readonly environment: Environment; readonly engine: Peer }>();

  constructor(plan: DebugPlan, host: HandlerHost) {
    this.#plan = plan;
    this.#host = host;
  }

  async load(engine: Peer, create: (onOutput: EnvironmentOptions['onOutput']) => Promise<Environment>): Promise<void> {
    const environment = await create((stream, line) => {
      // What Python prints is in its console already.
      if (this.#plan.isHandlerInParent !== true) this.#host.print(stream, line);
      engine.send(outputMessage(stream, line));
    });
    const { loadFailure } = environment;
    if (loadFailure?.kind === 'functionError') this.#host.print('stderr', describeFunctionError(loadFailure));
    this.#loaded.resolve({ environment, engine });
  }

  async invoke({ row, bucket, keyField, event, requestId }: DebugInvocation): Promise<void> {
    const { environment, engine } = await this.#loaded.promise;
    if (row + 1 === this.#plan.breakOnRow && environment.loadFailure === undefined) {
      this.#host.stopBefore({ row, bucket, keyField }, event);
    }
    const outcome = await environment.invoke(event, { requestId, deadlineMs: Infinity });
    engine.send({ kind: 'outcome', outcome } satisfies DebuggeeToEngine);
  }
}
