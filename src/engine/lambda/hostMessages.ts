import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../contracts.js';

/** What the engine and a process of its pool of functions say to each other, over IPC. */
export type HostRequest =
  | { readonly kind: 'start'; readonly definition: FunctionDefinition; readonly options: Omit<EnvironmentOptions, 'onOutput'> }
  /** `deadlineMs` null: none. */
  | { readonly kind: 'invoke'; readonly event: unknown; readonly requestId: string; readonly deadlineMs: number | null };

export type HostReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly kind: 'outcome'; readonly outcome: InvokeOutcome; readonly isUsable: boolean }
  /** The environment could not be made; not the function's fault. */
  | { readonly kind: 'broken'; readonly message: string };
