import { BatchError } from '../../base/errors.js';
import { type CauseKey, causeId } from '../../core/report/causes.js';
import type { ScannedRow } from '../../core/report/readReport.js';
import { RetryManifestWriter } from '../../core/report/retryManifest.js';
import { fieldText } from '../../core/report/rowBytes.js';
import { isSameFile, replaceFile, type Write } from '../replaceFile.js';
import type { ReadReport } from './reportContents.js';
import type { FoundReport } from './reportFile.js';
import type { FailureChoice, RetryOutput } from './reportRun.js';
import { refuseIncomplete } from './scanReport.js';

/** Takes the failed tasks of a report while it is read. */
export interface FailedRowSink {
  add(row: ScannedRow, cause: CauseKey): void;
  flush(): Promise<void>;
}

/** Writes the manifest of the failed tasks while `read` reads the report; the file takes its place when all of it was read. */
export async function writeRetry(
  retry: RetryOutput,
  report: FoundReport,
  read: (sink: FailedRowSink) => Promise<ReadReport>,
): Promise<ReadReport> {
  await refuseInputs(
    retry.path,
    report.files.map(({ path }) => path),
  );
  const first = await writeOnce(retry, undefined, read);
  // A version came up after rows had been written without one: all of it again, with the column.
  const { writer, result } = first.writer.isUneven ? await writeOnce(retry, true, read) : first;
  return { ...result, retry: { path: retry.path, rows: writer.rows, fields: writer.fields } };
}

async function writeOnce(
  retry: RetryOutput,
  hasVersions: boolean | undefined,
  read: (sink: FailedRowSink) => Promise<ReadReport>,
): Promise<{ writer: RetryManifestWriter; result: ReadReport }> {
  let done: { writer: RetryManifestWriter; result: ReadReport } | undefined;
  await replaceFile(retry.path, async (write) => {
    const output = new PieceWriter(write);
    const writer = new RetryManifestWriter(output.add, hasVersions);
    const isChosen = chosen(retry.choice);
    const result = await read({
      add: (row, cause) => {
        if (isChosen(row, cause)) writer.add(row);
      },
      flush: () => output.flush(),
    });
    refuseIncomplete(result.problems, notWritten(retry.path));
    writer.end();
    await output.flush();
    done = { writer, result };
  });
  if (done === undefined) throw new BatchError('Internal', 'The retry manifest was not written.');
  return done;
}

function chosen(choice: FailureChoice | undefined): (row: ScannedRow, cause: CauseKey) => boolean {
  const codes = choice?.codes === undefined ? undefined : new Set(choice.codes);
  const causes = choice?.causes === undefined ? undefined : new Set(choice.causes.map(causeId));
  return (row, cause) =>
    (codes?.has(fieldText(row.bytes, row.codeStart, row.codeEnd)) ?? true) && (causes?.has(causeId(cause)) ?? true);
}

/** Gathers pieces that come synchronously until they can be written. */
export class PieceWriter {
  readonly #write: Write;
  readonly #pieces: Uint8Array[] = [];
  readonly add = (piece: Uint8Array): void => void this.#pieces.push(piece);

  constructor(write: Write) {
    this.#write = write;
  }

  async flush(): Promise<void> {
    for (const piece of this.#pieces.splice(0)) await this.#write(piece);
  }
}

/** Why there is no output. */
export function notWritten(path: string): string {
  return `${path} was not written, because not all of the report can be read.`;
}

/** Throws `CanNotWrite` when the output is one of the files that it is made from. */
export async function refuseInputs(out: string, inputs: readonly (string | undefined)[]): Promise<void> {
  for (const input of inputs) {
    if (input === undefined || !(await isSameFile(out, input))) continue;
    throw new BatchError('CanNotWrite', `${out} is read to make this manifest and can't be written to.`, {
      hint: 'Choose another name.',
    });
  }
}
