import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { Emitter } from '../../base/emitter.js';
import { BatchError } from '../../base/errors.js';
import { awsTarget } from '../../core/job/awsTarget.js';
import type { ObjectSource } from '../../core/job/fetchObjects.js';
import type { EngineConnection, Target, TargetClient } from '../../core/job/target.js';
import type { EngineService } from '../platform/engineService.js';
import type { Settings } from '../platform/settings.js';
import { CodeSignIn } from './codeSignIn.js';
import { localTargetId } from './localTargetId.js';
import type { TargetProvider } from './targetProvider.js';

interface AwsEntry {
  readonly target: Target;
  readonly signIn: CodeSignIn;
  client: Promise<TargetClient> | undefined;
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
    const entry = this.#trustedEntry(targetId);
    entry.signIn.isNeeded();
    return await this.#awsClient(entry);
  }

  async openSource(targetId: string): Promise<ObjectSource> {
    const { signIn, target } = this.#trustedEntry(targetId);
    const { profile, region } = target;
    const { createObjectSource } = await import('../../aws/main.js');
    // Whoever fetches objects waits for them: the code is asked for at once.
    return createObjectSource({ profile, region, askMfaCode: (serial, wasRefused) => signIn.code(serial, wasRefused, true) });
  }

  isNeeded(targetId: string): void {
    this.#aws.get(targetId)?.signIn.isNeeded();
  }

  retry(targetId: string): void {
    const entry = this.#aws.get(targetId);
    if (entry === undefined) return;
    entry.signIn.retry();
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
    this.#aws = new Map(wanted.map((target) => [target.id, before.get(target.id) ?? awsEntry(target)]));
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
    const options = { askMfaCode: (serial: string, wasRefused: boolean) => entry.signIn.code(serial, wasRefused) };
    entry.client ??= import('../../aws/main.js').then((aws) => aws.createAwsTarget(entry.target, options));
    return await entry.client;
  }

  #dropLocal(): void {
    drop(this.#local?.client);
    this.#local = undefined;
  }
}

function awsEntry(target: Target): AwsEntry {
  const signIn = new CodeSignIn(target.label, {
    askCode: async (label, serial, wasRefused) => await askCode(label, serial, wasRefused),
    async offerSignIn(label) {
      const enter: vscode.MessageItem = { title: vscode.l10n.t('Enter Code…') };
      const text = vscode.l10n.t('The session of {0} has ended. Its jobs are shown as they were until you sign in again.', label);
      return (await vscode.window.showWarningMessage(text, enter)) === enter;
    },
    declined: (label) => ({
      message: vscode.l10n.t('The profile {0} needs a code to sign in.', label),
      hint: vscode.l10n.t('Refresh the jobs to be asked for it again.'),
    }),
  });
  return { target, signIn, client: undefined };
}

/** Not readable, as the AWS CLI asks for it: whoever shares the screen shares no code. */
async function askCode(label: string, serial: string, wasRefused: boolean): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: vscode.l10n.t('Sign In to {0}', label),
    prompt: wasRefused
      ? vscode.l10n.t('AWS did not accept that code. Enter the next one that {0} shows', serial)
      : vscode.l10n.t('The code that {0} shows now', serial),
    placeHolder: vscode.l10n.t('Six digits'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\d{6}$/.test(text.trim()) ? undefined : vscode.l10n.t('The code has six digits.')),
  });
}

// One that could not be made has nothing to drop or to forget; whoever asked for it got the error.
function drop(client: Promise<TargetClient> | undefined): void {
  client?.then((made) => made.dispose()).catch(() => undefined);
}

function forget({ client }: AwsEntry): void {
  client?.then((made) => made.forgetCredentials()).catch(() => undefined);
}
