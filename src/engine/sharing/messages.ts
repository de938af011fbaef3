import type { EngineConnection } from '../../core/job/target.js';
import type { EngineTerms } from './engineTerms.js';

/** Engines and windows of another number don't understand each other. */
export const protocolVersion = 1;

/** Why an engine ends, as far as it can say so; `unused` when its last window has gone, `lost` when its data folder has. */
export type EndReason = 'stopped' | 'restarted' | 'unused' | 'lost' | 'signal' | 'parentGone';

/** Why a window asks an engine to end for all. */
export type AskedEnd = Extract<EndReason, 'stopped' | 'restarted'>;

/** What an engine says to the windows that use it: one object of JSON a line. */
export type EngineMessage =
  /** First of all, to whoever connects: create the file `proofFileName(nonce)` in the data folder, and ask to join. */
  | { readonly kind: 'prove'; readonly protocol: number; readonly nonce: string }
  /** The answer to `join`, once the engine is ready and has removed the file. */
  | { readonly kind: 'ready'; readonly pid: number; readonly connection: EngineConnection; readonly terms: EngineTerms }
  /** How many windows use it now; a command that has started it counts as one. */
  | { readonly kind: 'users'; readonly count: number }
  | { readonly kind: 'log'; readonly line: string }
  /** To the window that started it and lets go of it now: it goes on for the others. */
  | { readonly kind: 'released' }
  | { readonly kind: 'ending'; readonly why: EndReason };

/** What a window says to an engine. */
export type WindowMessage = { readonly kind: 'join' } | { readonly kind: 'end'; readonly why: AskedEnd };

/** Longest line that an engine reads: it asks for nothing long. */
export const maxWindowMessageBytes = 1024;
/** Longest line that a window reads. Functions stand in `ready` with their environments. */
export const maxEngineMessageBytes = 16 * 1024 * 1024;

const nonceLength = 32;

/** Undefined for a nonce that no engine makes: the name would be a path of the sender's choice. */
export function proofFileName(nonce: string): string | undefined {
  return nonce.length === nonceLength && /^[0-9a-f]+$/.test(nonce) ? `engine.join.${nonce}` : undefined;
}

export function parseWindowMessage(line: string): WindowMessage | undefined {
  const value = parseObject(line);
  if (value?.['kind'] === 'join') return { kind: 'join' };
  const why = value?.['why'];
  return value?.['kind'] === 'end' && (why === 'stopped' || why === 'restarted') ? { kind: 'end', why } : undefined;
}

/** Undefined for what is no message of an engine; messages of kinds that this version does not know are among them. */
export function parseEngineMessage(line: string): EngineMessage | undefined {
  const value = parseObject(line);
  switch (value?.['kind']) {
    case 'prove':
      return typeof value['nonce'] === 'string' && typeof value['protocol'] === 'number' ? (value as EngineMessage) : undefined;
    case 'ready':
      return isConnection(value['connection']) && isObject(value['terms']) && typeof value['pid'] === 'number'
        ? (value as EngineMessage)
        : undefined;
    case 'users':
      return typeof value['count'] === 'number' ? (value as EngineMessage) : undefined;
    case 'log':
      return typeof value['line'] === 'string' ? (value as EngineMessage) : undefined;
    case 'ending':
      return typeof value['why'] === 'string' ? (value as EngineMessage) : undefined;
    case 'released':
      return { kind: 'released' };
    default:
      return undefined;
  }
}

/** The line that an engine prints when it is ready; undefined for anything else. */
export function parseConnection(line: string): EngineConnection | undefined {
  const value = parseObject(line);
  return isConnection(value) ? value : undefined;
}

/** Engines listen on this machine only; anything else is no engine of ours. */
function isConnection(value: unknown): value is EngineConnection {
  if (!isObject(value)) return false;
  const { port, endpoint } = value;
  const texts = ['accountId', 'region', 'accessKeyId', 'secretAccessKey', 'dataDirectory'].map((name) => value[name]);
  return (
    typeof port === 'number' &&
    endpoint === `http://127.0.0.1:${port}` &&
    texts.every((text) => typeof text === 'string' && text !== '')
  );
}

/** Undefined for what is no JSON, or no object. */
export function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // No JSON: whoever speaks is none of ours.
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
