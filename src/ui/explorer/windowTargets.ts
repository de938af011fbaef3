import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { Emitter } from '../../base/emitter.js';
import { BatchError } from '../../base/errors.js';
import { awsTarget } from '../../core/job/awsTarget.js';
import type { ObjectSource } from '../../core/job/fetchObjects.js';
import type { EngineConnection, Target, TargetClient } from '../../core/job/target.js';
import type { EngineService } from '../platform/engineService.js';
import type { Settings } from '../platform/settings.js';
import { localTargetId } from './localTargetId.js';
import type { TargetProvider } from './targetProvider.js';

interface AwsEntry {
  readonly target: Target;
  client: Promise<TargetClient> | undefined;
  /** Somebody left the question for a code: it is not asked again before they say so. */
  hasDeclined: boolean;
}

/**
 * The targets of this window: Local, and the profiles of the settings. Clients are made on first use. That of Local is thrown away when
 * the engine behind it is another. In Restricted Mode nothing is asked: profiles may name programs that find credentials.
 */
export class WindowTargets implements TargetProvider, Disposable {
  readonly #engine: EngineService;
  readonly #settings: Settings;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  #local: { readonly connection: EngineConnection; readonly client: Promise<TargetClient> } | undefined;
  #aws: ReadonlyMap<string, AwsEntry> = new Map();

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineService, settings: Settings) {
    this.#engine = engine;
    this.#settings = settings;
    this.#readSettings();
    this.#subscriptions = [
      engine.onDidChangeState(() => this.#changed.fire()),
      settings.onDidChange(['s3batch.local.region'], () => this.#changed.fire()),
      settings.onDidChange(['s3batch.targets'], () => {
        this.#readSettings();
        this.#changed.fire();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#readSettings();
        this.#changed.fire();
      }),
    ];
  }

  get targets(): readonly Target[] {
    return [this.#localTarget(this.#engine.connection), ...[...this.#aws.values()].map(({ target }) => target)];
  }

  async reachable(targetId: string): Promise<TargetClient | undefined> {
    const entry = this.#aws.get(targetId);
    if (entry !== undefined) return vscode.workspace.isTrusted ? await this.#awsClient(entry) : undefined;
    const { connection } = this.#engine;
    return targetId !== localTargetId || connection === undefined ? undefined : await this.#localClient(connection);
  }

  async client(targetId: string): Promise<TargetClient> {
    if (targetId === localTargetId) return await this.#localClient(await this.#engine.start());
    return await this.#awsClient(this.#trustedEntry(targetId));
  }

  async openSource(targetId: string): Promise<ObjectSource> {
    const entry = this.#trustedEntry(targetId);
    const { profile, region } = entry.target;
    const { createObjectSource } = await import('../../aws/main.js');
    return createObjectSource({ profile, region, askMfaCode: (serial) => askMfaCode(entry, serial) });
  }

  retry(targetId: string): void {
    const entry = this.#aws.get(targetId);
    if (entry === undefined) return;
    entry.hasDeclined = false;
    forget(entry);
  }

  dispose(): void {
    for (const item of this.#subscriptions.splice(0)) item.dispose();
    this.#dropLocal();
    for (const { client } of this.#aws.values()) drop(client);
    this.#changed.dispose();
  }

  /** Targets that stay keep their clients, and with them their credentials. */
  #readSettings(): void {
    const before = this.#aws;
    const wanted = this.#settings.get('s3batch.targets').map((setting) => awsTarget(setting, vscode.l10n.t('Environment')));
    this.#aws = new Map(
      wanted.map((target) => [target.id, before.get(target.id) ?? { target, client: undefined, hasDeclined: false }]),
    );
    for (const [id, { client }] of before) if (!this.#aws.has(id)) drop(client);
  }

  #localTarget(connection: EngineConnection | undefined): Target {
    const region = connection?.region ?? this.#settings.get('s3batch.local.region');
    return { id: localTargetId, kind: 'local', label: 'Local', region };
  }

  async #localClient(connection: EngineConnection): Promise<TargetClient> {
    if (this.#local?.connection !== connection) {
      this.#dropLocal();
      const target = this.#localTarget(connection);
      const client = import('../../aws/main.js').then((aws) => aws.createLocalClient(connection, target));
      this.#local = { connection, client };
    }
    return await this.#local.client;
  }

  #trustedEntry(targetId: string): AwsEntry {
    const entry = this.#aws.get(targetId);
    if (entry === undefined) {
      throw new BatchError('NoSuchTarget', vscode.l10n.t('There is no target {0} any more.', targetId), {
        hint: vscode.l10n.t('Add it with "S3 Batch: Add Target…".'),
      });
    }
    if (!vscode.workspace.isTrusted) {
      throw new BatchError('RestrictedMode', vscode.l10n.t('AWS is not asked from a workspace that is not trusted.'), {
        hint: vscode.l10n.t('Trust the workspace to use AWS profiles.'),
      });
    }
    return entry;
  }

  async #awsClient(entry: AwsEntry): Promise<TargetClient> {
    const options = { askMfaCode: (serial: string) => askMfaCode(entry, serial) };
    entry.client ??= import('../../aws/main.js').then((aws) => aws.createAwsTarget(entry.target, options));
    return await entry.client;
  }

  #dropLocal(): void {
    drop(this.#local?.client);
    this.#local = undefined;
  }
}

async function askMfaCode(entry: AwsEntry, serial: string): Promise<string> {
  const code = entry.hasDeclined
    ? undefined
    : await vscode.window.showInputBox({
        title: vscode.l10n.t('Sign In to {0}', entry.target.label),
        prompt: vscode.l10n.t('The code that {0} shows now', serial),
        ignoreFocusOut: true,
        validateInput: (text) => (/^\d{6}$/.test(text.trim()) ? undefined : vscode.l10n.t('The code has six digits.')),
      });
  if (code !== undefined) return code.trim();
  entry.hasDeclined = true;
  throw new BatchError('SignInDeclined', vscode.l10n.t('The profile {0} needs a code to sign in.', entry.target.label), {
    hint: vscode.l10n.t('Refresh the jobs to be asked for it again.'),
  });
}

// One that could not be made has nothing to drop or to forget; whoever asked for it got the error.
function drop(client: Promise<TargetClient> | undefined): void {
  client?.then((made) => made.dispose()).catch(() => undefined);
}

function forget({ client }: AwsEntry): void {
  client?.then((made) => made.forgetCredentials()).catch(() => undefined);
}
