import type { EngineRequest } from '../contracts.js';
import { type Retention, type RetentionMode, retentionModes, type StoredInfo } from '../objectStore.js';
import { invalidArgument } from './s3Errors.js';

/** Object lock as headers say it. Source: S3 API Reference, PutObject. */

const modeHeader = 'x-amz-object-lock-mode';
const dateHeader = 'x-amz-object-lock-retain-until-date';
const holdHeader = 'x-amz-object-lock-legal-hold';

export function readLockHeaders({ headers }: Pick<EngineRequest, 'headers'>): {
  retention?: Retention;
  hasLegalHold?: boolean;
} {
  const { [modeHeader]: mode, [dateHeader]: date, [holdHeader]: hold } = headers;
  if ((mode === undefined) !== (date === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? modeHeader : dateHeader,
      'null',
    );
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", holdHeader, hold);
  }
  return {
    ...(mode === undefined || date === undefined ? {} : { retention: readRetention(mode, date) }),
    ...(hold === undefined ? {} : { hasLegalHold: hold === 'ON' }),
  };
}

/** Throws `InvalidArgument` for a mode or a date that is none. */
export function readRetention(mode: string, date: string): Retention {
  const retainUntilMs = Date.parse(date);
  if (Number.isNaN(retainUntilMs)) {
    throw invalidArgument('The retain until date must be provided in ISO 8601 format', dateHeader, date);
  }
  return { mode: readMode(mode), retainUntilMs };
}

export function readMode(text: string): RetentionMode {
  const mode = retentionModes.find((name) => name === text);
  if (mode === undefined) throw invalidArgument('Unknown wormMode directive.', modeHeader, text);
  return mode;
}

export function lockHeaders({ retention, hasLegalHold }: StoredInfo): Record<string, string> {
  return {
    ...(retention === undefined
      ? {}
      : { [modeHeader]: retention.mode, [dateHeader]: new Date(retention.retainUntilMs).toISOString() }),
    ...(hasLegalHold === undefined ? {} : { [holdHeader]: hasLegalHold ? 'ON' : 'OFF' }),
  };
}
