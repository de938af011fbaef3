import { basename, win32 } from 'node:path';
import type { ReportManifest } from '../../core/report/reportManifest.js';

/** A result file of a report, on this machine. */
export interface ReportFile {
  /** What messages call it. */
  readonly name: string;
  /** What the manifest of the report says; undefined when there is no manifest, or when it says neither. */
  readonly status: 'succeeded' | 'failed' | undefined;
  /** What the manifest says the MD5 is, hex; undefined when it can't be compared. */
  readonly md5: string | undefined;
  /** Packed, if it is. */
  readonly sizeBytes: number;
  /** Where the plain bytes lie; undefined when they must be unpacked. */
  readonly path: string | undefined;
  /** The bytes, unpacked. A chunk may be overwritten once the next one is asked for. */
  open(): AsyncIterable<Uint8Array>;
}

/** The files of a report as they lie on this machine, and what is missing of it. */
export interface FoundReport {
  /** Undefined when only result files were found. */
  readonly manifest: ReportManifest | undefined;
  readonly jobId: string | undefined;
  readonly files: readonly ReportFile[];
  /** What is amiss before a row was read, in sentences: result files that are not here, a manifest.json that was changed. */
  readonly problems: readonly string[];
  /** Ends what was opened. */
  close(): void;
}

/** By its name. Hidden files are none: macOS puts one, `._name.csv`, beside each file that it packs. */
export function isResultFile(name: string): boolean {
  return /\.csv(\.gz)?$/i.test(name) && !basename(name).startsWith('.');
}

export function isPacked(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** A manifest.json names a few files; whatever is bigger is none, and is not read into memory. */
export const maxManifestBytes = 16 * 1024 * 1024;

/**
 * Where the result file of a key may lie, seen from the folder of manifest.json: in `results`, where the service puts it, or beside it;
 * packed since, perhaps. Only the last part of the key counts, so that no report leads out of its own folder.
 */
export function placesOfResult(key: string): readonly string[] {
  const name = win32.basename(key);
  return [`results/${name}`, name, `results/${name}.gz`, `${name}.gz`];
}

/** From the folder `job-<id>` that reports lie in. */
export function jobIdOf(path: string): string | undefined {
  return path
    .split(/[/\\]/)
    .toReversed()
    .map((segment) => /^job-([a-zA-Z0-9_-]{5,36})$/.exec(segment)?.[1])
    .find((id) => id !== undefined);
}

export function isMissing(key: string): string {
  return `The result file ${key} is not here.`;
}

/** The problem of a manifest.json whose MD5 is not that of the manifest.json.md5 beside it, if it has one. */
export function changedManifest(md5: string, md5File: string | undefined): string[] {
  const expected = /[0-9a-f]{32}/i.exec(md5File ?? '')?.[0];
  return expected === undefined || expected.toLowerCase() === md5
    ? []
    : ['The MD5 of manifest.json is not the one in manifest.json.md5: one of them was changed.'];
}
