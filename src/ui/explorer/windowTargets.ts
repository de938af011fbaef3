import type { Disposable } from '../../base/disposable.js';
import { Emitter } from '../../base/emitter.js';
import { BatchError } from '../../base/errors.js';
import type { EngineConnection, Target, TargetClient } from '../../core/job/target.js';
import type { EngineService } from '../platform/engineService.js';
import type { Settings } from '../platform/settings.js';
import { localTargetId } from './localTargetId.js';
import type { TargetProvider } from './targetProvider.js';

/** The targets of this window: Local, for now. Clients are made on first use and thrown away when the engine behind them is another. */
export class WindowTargets implements TargetProvider, Disposable {
  readonly #engine: EngineService;
  readonly #settings: Settings;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  #local: { readonly connection: EngineConnection; readonly client: Promise<TargetClient> } | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineService, settings: Settings) {
    this.#engine = engine;
    this.#settings = settings;
    this.#subscriptions = [
      engine.onDidChangeState(() => this.#changed.fire()),
      settings.onDidChange(['s3batch.local.region'], () => this.#changed.fire()),
    ];
  }

  get targets(): readonly Target[] {
    return [this.#localTarget(this.#engine.connection)];
  }

  async reachable(targetId: string): Promise<TargetClient | undefined> {
    const { connection } = this.#engine;
    return targetId !== localTargetId || connection === undefined ? undefined : await this.#localClient(connection);
  }

  async client(targetId: string): Promise<TargetClient> {
    if (targetId !== localTargetId) throw new BatchError('NoSuchTarget', `There is no target ${targetId}.`);
    return await this.#localClient(await this.#engine.start());
  }

  dispose(): void {
    for (const item of this.#subscriptions.splice(0)) item.dispose();
    this.#drop();
    this.#changed.dispose();
  }

  #localTarget(connection: EngineConnection | undefined): Target {
    const region = connection?.region ?? this.#settings.get('s3batch.local.region');
    return { id: localTargetId, kind: 'local', label: 'Local', region };
  }

  async #localClient(connection: EngineConnection): Promise<TargetClient> {
    if (this.#local?.connection !== connection) {
      this.#drop();
      const target = this.#localTarget(connection);
      const client = import('../../aws/main.js').then((aws) => aws.createLocalClient(connection, target));
      this.#local = { connection, client };
    }
    return await this.#local.client;
  }

  #drop(): void {
    const dropped = this.#local;
    this.#local = undefined;
    // One that could not be made has nothing to dispose; whoever asked for it got the error.
    dropped?.client.then((client) => client.dispose()).catch(() => undefined);
  }
}
