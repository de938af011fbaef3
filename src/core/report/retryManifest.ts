import { ByteWriter } from './byteWriter.js';
import type { ScannedRow } from './readReport.js';
import { comma, lineFeed } from './rowBytes.js';
import { isNoVersion } from './rowCounts.js';

const nullVersion = new TextEncoder().encode('null');

/**
 * Writes the manifest of the tasks to try again. Bucket and key keep the very bytes that the report has, which are those of the manifest.
 * A version column is written when the report has versions; rows without one then get `null`, because the service fails a task with an
 * empty version (S3 User Guide, troubleshooting-batch-operations).
 */
export class RetryManifestWriter {
  readonly #out: ByteWriter;
  #hasVersions: boolean | undefined;
  #rows = 0;
  #isUneven = false;

  /** `hasVersions`: leave it out to take what the first row says. */
  constructor(write: (piece: Uint8Array) => void, hasVersions?: boolean) {
    this.#out = new ByteWriter(write);
    this.#hasVersions = hasVersions;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Columns of what was written, for Manifest.Spec.Fields. */
  get fields(): readonly ('Bucket' | 'Key' | 'VersionId')[] {
    return this.#hasVersions === true ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key'];
  }

  /** True when a version came up after rows had been written without: write it all again with `hasVersions` true. */
  get isUneven(): boolean {
    return this.#isUneven;
  }

  add(row: ScannedRow): void {
    const { bytes, versionStart, versionEnd } = row;
    const isVersionGiven = versionEnd > versionStart;
    this.#hasVersions ??= isVersionGiven;
    if (isVersionGiven && !this.#hasVersions) this.#isUneven = true;
    // Bucket and key stand side by side in a report as in a manifest.
    this.#out.add(bytes, row.bucketStart, row.keyEnd);
    if (this.#hasVersions) {
      this.#out.addByte(comma);
      if (isNoVersion(bytes, versionStart, versionEnd)) this.#out.add(nullVersion);
      else this.#out.add(bytes, versionStart, versionEnd);
    }
    this.#out.addByte(lineFeed);
    this.#rows += 1;
  }

  end(): void {
    this.#out.flush();
  }
}
