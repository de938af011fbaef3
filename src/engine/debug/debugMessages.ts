import type { DebuggedProgramMessage } from '../../core/handler/debugPlan.js';
import type { InvokeOutcome } from '../contracts.js';
import { isObject } from '../sharing/messages.js';
import type { PeerMessage } from '../sharing/provenChannel.js';

type Stream = 'stdout' | 'stderr';

/** A task whose handler is to be invoked in the debugged process. */
export interface DebugInvocation {
  readonly kind: 'invoke';
  /** 0-based. */
  readonly row: number;
  readonly attempt: number;
  readonly bucket: string;
  readonly keyField: string;
  readonly event: unknown;
  readonly requestId: string;
}

/** What the engine says to the debug session of a job. */
export type EngineToDebuggee =
  | DebugInvocation
  /** For the debug console. */
  | { readonly kind: 'print'; readonly stream: Stream; readonly line: string }
  /** The job has ended; nothing follows. */
  | { readonly kind: 'end'; readonly isSucceeded: boolean; readonly text: string };

/** What a debug session says to the engine. */
export type DebuggeeToEngine =
  /** What the handler wrote, a line at a time: for the output file of the job. */
  | { readonly kind: 'output'; readonly stream: Stream; readonly line: string }
  /** What came of the invocation. */
  | { readonly kind: 'outcome'; readonly outcome: InvokeOutcome };

/**
 * Longest message. A payload may have 6 MB (Lambda quotas), and up to six bytes of JSON for each of them.
 */
export const maxDebugMessageBytes = 48 * 1024 * 1024;
/** Longest line of output that is passed on, in UTF-16 units. */
const maxOutputLength = 1024 * 1024;

/** A line of output as it is sent: a very long one is cut. */
export function outputMessage(stream: Stream, line: string): DebuggeeToEngine {
  return { kind: 'output', stream, line: line.length > maxOutputLength ? `${line.slice(0, maxOutputLength)}…` : line };
}

/** Undefined for what no honest debuggee sends. */
export function parseDebuggeeMessage(message: PeerMessage): DebuggeeToEngine | undefined {
  const { kind, stream, line } = message;
  if (kind === 'output') return isStream(stream) && typeof line === 'string' ? { kind, stream, line } : undefined;
  if (kind !== 'outcome' || !isObject(message['outcome'])) return undefined;
  const outcome = parseOutcome(message['outcome']);
  return outcome === undefined ? undefined : { kind, outcome };
}

/** Undefined for what no engine sends. */
export function parseEngineMessage(message: PeerMessage): EngineToDebuggee | undefined {
  const { kind, stream, line, row, attempt, bucket, keyField, event, requestId, isSucceeded, text } = message;
  switch (kind) {
    case 'print':
      return isStream(stream) && typeof line === 'string' ? { kind, stream, line } : undefined;
    case 'end':
      return typeof text === 'string' ? { kind, isSucceeded: isSucceeded === true, text } : undefined;
    case 'invoke':
      return typeof row === 'number' &&
        typeof attempt === 'number' &&
        typeof bucket === 'string' &&
        typeof keyField === 'string' &&
        typeof requestId === 'string'
        ? { kind, row, attempt, bucket, keyField, event, requestId }
        : undefined;
    default:
      return undefined;
  }
}

/** Undefined for what no window sends. */
export function parseWindowMessage(message: PeerMessage): DebuggedProgramMessage | undefined {
  const { kind, jobId, text } = message;
  if (kind === 'job') return typeof jobId === 'string' && /^[0-9a-f-]{36}$/.test(jobId) ? { kind, jobId } : undefined;
  return kind === 'end' && typeof text === 'string' ? { kind, text } : undefined;
}

/** A `timedOut` is none: nothing is limited in time. */
function parseOutcome(value: PeerMessage): InvokeOutcome | undefined {
  const { kind, text, errorType, errorMessage, trace } = value;
  switch (kind) {
    case 'returned':
      return 'payload' in value ? { kind, payload: value['payload'] } : undefined;
    case 'invalidJson':
      return typeof text === 'string' ? { kind, text } : undefined;
    case 'functionError':
      return typeof errorType === 'string' && typeof errorMessage === 'string' && Array.isArray(trace)
        ? { kind, errorType, errorMessage, trace: trace.map(String) }
        : undefined;
    default:
      return undefined;
  }
}

function isStream(value: unknown): value is Stream {
  return value === 'stdout' || value === 'stderr';
}
