import { randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { delay } from '../../base/async.js';
import { errorMessage, isCancelled } from '../../base/errors.js';
import type { DebuggedProgramMessage, DebugJob } from '../../core/handler/debugPlan.js';
import { debuggedJob, debugSessionEnded } from '../../core/job/debugRun.js';
import type { JobStatus } from '../../core/job/jobTypes.js';
import type { EngineConnection, TargetClient } from '../../core/job/target.js';
import { hasEnded } from '../../core/view/jobOutcome.js';
import { listenForPeers, type Peer, type PeerMessage, type ProvenServer } from '../../engine/sharing/provenChannel.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { readValidJob } from '../jobFile/readValidJob.js';
import type { Services } from '../platform/services.js';
import { manifestOf } from '../run/manifestOf.js';
import { saveIfDirty, submitFromEditor } from '../run/submitFromEditor.js';
import { cancelJob } from '../run/waitForEnd.js';

/** Where a resolved configuration says which of our sessions it is. */
export const sessionMember = 's3batchSession';

const maxMessageBytes = 1024;
const pollMs = 1000;
/** How long a program may take to end by itself, which it can't while it is stopped. */
const endMs = 1500;

interface Session {
  readonly jobFile: vscode.Uri;
  /** Of the engine that the program was started for. */
  readonly engineKey: string;
}

/**
 * The jobs that this window debugs. Each program that a debugger starts for one asks here for its job: so a session that is restarted
 * gets a new job, and a build before the start may take as long as it likes. The job ends with the program, and the program with the job.
 */
export class DebuggedJobs implements vscode.Disposable {
  readonly #services: Services;
  readonly #jobs: Jobs;
  readonly #key = randomBytes(24).toString('base64url');
  readonly #sessions = new Map<string, Session>();
  readonly #running = new Map<string, vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[];
  #server: Promise<ProvenServer> | undefined;

  constructor(services: Services, jobs: Jobs) {
    this.#services = services;
    this.#jobs = jobs;
    this.#subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => {
        const id = idOf(session);
        if (id !== undefined) this.#running.set(id, session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        const id = idOf(session);
        if (id !== undefined && this.#running.get(id) === session) this.#running.delete(id);
      }),
    ];
  }

  /** What a program has to know to run the handler of a job file; the job is created when it asks. */
  async announce(jobFile: vscode.Uri, connection: EngineConnection): Promise<DebugJob> {
    this.#server ??= this.#listen();
    const { address } = await this.#server;
    const session = randomUUID();
    this.#sessions.set(session, { jobFile, engineKey: connection.secretAccessKey });
    return { window: address, windowKey: this.#key, session, dataDirectory: connection.dataDirectory };
  }

  #listen(): Promise<ProvenServer> {
    const { log } = this.#services;
    const server = listenForPeers({
      key: this.#key,
      maxMessageBytes,
      onRefused: () => log.warn('Somebody who was not started by this window has asked for a job to debug.'),
      onError: (error) => log.error(`The channel to debugged programs has failed: ${errorMessage(error)}`),
      onPeer: (peer) => ({ onMessage: (message) => this.#onMessage(peer, message) }),
    });
    server.catch(() => {
      this.#server = undefined;
    });
    return server;
  }

  #onMessage(peer: Peer, { kind, session: id }: PeerMessage): void {
    const session = typeof id === 'string' && kind === 'start' ? this.#sessions.get(id) : undefined;
    if (session === undefined || typeof id !== 'string') {
      peer.destroy();
      return;
    }
    void this.#services.errors.run('Debug a job', async () => {
      try {
        await this.#serve(id, session, peer);
      } catch (error) {
        tell(peer, { kind: 'end', text: isCancelled(error) ? vscode.l10n.t('The job was not created.') : errorMessage(error) });
        throw error;
      }
    });
  }

  async #serve(id: string, session: Session, peer: Peer): Promise<void> {
    const services = this.#services;
    const connection = await services.engine.start();
    if (connection.secretAccessKey !== session.engineKey) {
      const text = vscode.l10n.t('The local engine was started anew. Start the debugger again instead of restarting it.');
      tell(peer, { kind: 'end', text });
      return;
    }
    const { jobFile } = session;
    await saveIfDirty(jobFile);
    const job = await readValidJob(jobFile);
    const client = await this.#jobs.targets.client(localTargetId);
    const reference =
      job === undefined
        ? undefined
        : await submitFromEditor({ services, client, job: debuggedJob(job), manifest: manifestOf(jobFile, job), jobFile });
    if (reference === undefined) {
      // What is wrong was shown.
      tell(peer, { kind: 'end', text: vscode.l10n.t('The job was not created.') });
      return;
    }
    // Before the debugger may stop, and its view come to the front.
    await this.#jobs.follow(reference);
    tell(peer, { kind: 'job', jobId: reference.jobId });
    await this.#watch(client, reference.jobId, id, peer);
  }

  /** Ends the job when its program has gone, and the other way round. */
  async #watch(client: TargetClient, jobId: string, id: string, peer: Peer): Promise<void> {
    let isGone = false;
    const gone = peer.closed.then(() => {
      isGone = true;
    });
    const wait = async (ms: number): Promise<void> => {
      await Promise.race([delay(ms, undefined, this.#services.clock), gone]);
    };
    for (;;) {
      // What it is then counts, and not what it was before the program went.
      const wasGone = isGone;
      const status = await this.#statusOf(client, jobId);
      if (status === 'Complete') {
        // It ends by itself, unless somebody still looks at it.
        tell(peer, { kind: 'end', text: vscode.l10n.t('The job is {0}.', status) });
        return;
      }
      if (status === undefined || hasEnded(status)) {
        const text =
          status === undefined ? vscode.l10n.t('The local engine has ended.') : vscode.l10n.t('The job is {0}.', status);
        tell(peer, { kind: 'end', text });
        await wait(endMs);
        const running = this.#running.get(id);
        if (isGone || running === undefined) return;
        // A program that is stopped can't say it.
        vscode.debug.activeDebugConsole.appendLine(text);
        await vscode.debug.stopDebugging(running);
        return;
      }
      if (wasGone) {
        await cancelJob(client, jobId, debugSessionEnded);
        return;
      }
      await wait(pollMs);
    }
  }

  /** Undefined when the engine does not answer. */
  async #statusOf(client: TargetClient, jobId: string): Promise<JobStatus | undefined> {
    try {
      return (await client.describeJob(jobId)).Status;
    } catch (error) {
      this.#services.errors.logOnly('Look after a debugged job', error);
      return undefined;
    }
  }

  dispose(): void {
    for (const item of this.#subscriptions) item.dispose();
    this.#server
      ?.then(async (server) => await server.close())
      .catch((error: unknown) => this.#services.errors.logOnly('Close the channel to debugged programs', error));
  }
}

function tell(peer: Peer, message: DebuggedProgramMessage): void {
  peer.send(message);
}

/** Of the session itself: the JavaScript debugger starts others below it. */
function idOf({ configuration, parentSession }: vscode.DebugSession): string | undefined {
  const id: unknown = parentSession === undefined ? configuration[sessionMember] : undefined;
  return typeof id === 'string' ? id : undefined;
}
