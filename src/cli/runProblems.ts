import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { errorCode } from '../base/errors.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { ParsedJobFile } from '../core/job/parseJobFile.js';
import { lintManifest } from '../core/manifest/lintManifest.js';
import { findOperation } from '../core/operations/catalogue.js';
import type { CliIo } from './cliIo.js';
import { count, printable, styleOf } from './output.js';

/** Errors of the manifest that are listed; `s3batch lint` lists them all. */
const maxListed = 20;

/** What is wrong with a job file, a line each, as the problem matcher of tasks reads it. */
export function jobFileProblems(path: string, parsed: ParsedJobFile, io: CliIo): string {
  const style = styleOf(io);
  const lines = parsed.findings
    .filter((finding) => finding.severity === 'error')
    .map(({ range, message }) => {
      const place = `${printable(path)}:${range.line + 1}:${range.column + 1}`;
      return `${place}: ${style.error('error')} ${printable(message)}`;
    });
  return `${lines.join('\n')}\n`;
}

/**
 * The same of the manifest that a job file names, for a submit that ended with `error`: empty when that was for another reason. All of the
 * manifest is looked at, so that lines are those of the file also when a part of it was to run.
 */
export async function manifestProblems(error: unknown, jobFile: string, job: JobFile, io: CliIo): Promise<string> {
  if (errorCode(error) !== 'ManifestHasErrors' || job.ManifestFile === undefined) return '';
  const style = styleOf(io);
  const path = resolve(dirname(jobFile), job.ManifestFile);
  const name = printable(relative(io.cwd, path));
  const fields = job.Manifest?.Spec.Fields;
  const [operation = ''] = Object.keys(job.Operation);
  const { errors, problems } = lintManifest(await readFile(path), {
    ...(fields === undefined ? {} : { fields }),
    isOneBucketOnly: findOperation(operation)?.isOneBucketOnly ?? false,
  });
  const listed = problems.filter(({ severity }) => severity === 'error').slice(0, maxListed);
  const lines = listed.map(({ range, rule, message }) => {
    const place = `${name}:${range.line + 1}:${range.column + 1}`;
    return `${place}: ${style.error('error')} ${rule} ${printable(message)}`;
  });
  if (errors > listed.length) lines.push(`${count(errors - listed.length, 'more error')}: s3batch lint ${name}`);
  return lines.map((line) => `${line}\n`).join('');
}
