import { throwIfAborted } from '../../base/async.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import { ResumeManifestWriter } from '../../core/report/resumeManifest.js';
import { readFileBytes } from '../readFileBytes.js';
import { replaceFile } from '../replaceFile.js';
import { findReport } from './findReport.js';
import type { ReportRun } from './reportRun.js';
import { notWritten, PieceWriter, refuseInputs } from './retryFile.js';
import { ScanProgress, scanWhole } from './scanReport.js';
import type { WrittenManifest } from './writtenManifest.js';

/**
 * Writes the rows of a manifest that a report does not speak of: those that the job never came to. The report at `path` has to be read
 * whole; else throws `IncompleteReport`, because rows that were done would be done again.
 */
export async function writeResume(
  path: string,
  source: { readonly manifest: string; readonly fields?: readonly ManifestField[] | undefined },
  out: string,
  run: ReportRun = {},
): Promise<WrittenManifest> {
  const report = await findReport(path);
  try {
    await refuseInputs(out, [source.manifest, ...report.files.map((file) => file.path)]);
    let rows = 0;
    await replaceFile(out, async (write) => {
      const output = new PieceWriter(write);
      const writer = new ResumeManifestWriter(output.add, source.fields);
      const progress = new ScanProgress(report.files, run);
      await scanWhole(report, (row) => writer.reported(row), progress, notWritten(out));
      for await (const chunk of readFileBytes(source.manifest)) {
        throwIfAborted(run.signal);
        writer.push(chunk);
        await output.flush();
      }
      writer.end();
      await output.flush();
      rows = writer.rows;
    });
    return { path: out, rows, ...(source.fields === undefined ? {} : { fields: source.fields }) };
  } finally {
    report.close();
  }
}
