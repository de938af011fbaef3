import { type ChaosFindings, isIdempotent } from '../core/report/chaosFindings.js';
import type { DifferentRow } from '../core/report/compareRuns.js';
import { count, printable } from './output.js';

const shown = 20;

/** For people: what is not idempotent, and how it shows. */
export function findingsLines(findings: ChaosFindings): string[] {
  const { rows, objects } = findings;
  if (isIdempotent(findings)) {
    return ['Chaos: every row ended the second time as the first, and no object was left otherwise.'];
  }
  const lines = [
    `Chaos: not idempotent. Ended otherwise the second time: ${count(rows.length, 'row')}; left otherwise: ${count(objects.length, 'object')}.`,
  ];
  for (const { bucket, key, versionId, first, second } of rows.slice(0, shown)) {
    const version = versionId === undefined ? '' : ` version ${versionId}`;
    lines.push(`  s3://${bucket}/${key}${version}: first ${resultText(first)}; then ${resultText(second)}`);
  }
  if (rows.length > shown) lines.push(`  and ${rows.length - shown} other rows`);
  for (const { bucket, key, outcome, before, after } of objects.slice(0, shown)) {
    const sizes = `${before === null ? 'absent' : `${before.sizeBytes} bytes`}, then ${after === null ? 'absent' : `${after.sizeBytes} bytes`}`;
    lines.push(`  s3://${bucket}/${key}: ${outcome} by the second run (${sizes})`);
  }
  if (objects.length > shown) lines.push(`  and ${objects.length - shown} other objects`);
  return lines.map((line) => printable(line));
}

function resultText(result: DifferentRow['first'] | null): string {
  if (result === null) return 'not there';
  const { status, code, message } = result;
  return [status, code, message].filter((part) => part !== '').join(' ');
}
