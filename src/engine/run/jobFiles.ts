import { join } from 'node:path';

/** The files of one job's folder. */
export const jobFileName = 'job.json';

export function manifestFile(directory: string): string {
  return join(directory, 'manifest.csv');
}

/** Byte offsets at which the manifest's chunks begin, a little-endian double each. */
export function chunkFile(directory: string): string {
  return join(directory, 'chunks.bin');
}

export function logDirectory(directory: string): string {
  return join(directory, 'log');
}

/** What the handlers wrote, for people to read. */
export function outputFile(directory: string): string {
  return join(directory, 'output.log');
}

/** The task that a careful run has begun last, see `crashedTask.ts`. */
export function runningFile(directory: string): string {
  return join(directory, 'running.json');
}

/** While a debugger may run its handler: where the job's debug session is to connect, as JSON with `address`. */
export function debuggerFile(directory: string): string {
  return join(directory, 'debugger.json');
}

/** `lane` is a number, or `s` for the supervisor's own records. Sorts by generation. */
export function taskLogName(generation: number, lane: number | 's'): string {
  return `${String(generation).padStart(6, '0')}-${lane}.tasks`;
}
