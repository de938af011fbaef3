import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { Clock } from '../../base/clock.js';
import type { CardDocuments } from './cardDocuments.js';
import type { Commands } from './commands.js';
import type { ContextKeys } from './contextKeys.js';
import type { EngineService } from './engineService.js';
import type { ErrorBoundary } from './errorBoundary.js';
import type { JobActivity } from './jobActivity.js';
import type { Settings } from './settings.js';

/**
 * What every feature gets, built once in extension.ts by plain constructors. Features that load lazily run in bundles of their own:
 * state they share must live here, never in a module.
 */
export interface Services {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly errors: ErrorBoundary;
  readonly commands: Commands;
  readonly settings: Settings;
  readonly contextKeys: ContextKeys;
  readonly engine: EngineService;
  readonly jobActivity: JobActivity;
  readonly clock: Clock;
  /** Texts that are looked at and not edited. */
  readonly cards: () => Promise<CardDocuments>;
}
