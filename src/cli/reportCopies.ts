import { basename, join, posix, resolve } from 'node:path';
import type { ObjectSource } from '../core/job/fetchObjects.js';
import { parseS3Uri } from '../core/wizard/manifestChoice.js';
import { replaceFile } from '../files/replaceFile.js';
import { type FetchedReport, fetchReport, type ObjectReader, withOriginalNames } from '../files/report/fetchReport.js';
import type { TemporaryFolder } from '../files/temporaryFolder.js';
import { usageError } from './commandLine.js';
import { isS3 } from './s3Text.js';

/** How `s3://` is reached. */
export interface S3Access {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/**
 * Reports and manifests as files of this machine: what lies at `s3://` is copied to a temporary folder first, by a client that only
 * reads. To be disposed of, as the folder is.
 */
export class ReportCopies {
  readonly #cwd: string;
  readonly #access: S3Access;
  readonly #onProgress: (doneBytes: number) => void;
  readonly #fetched: FetchedReport[] = [];
  readonly #folder: TemporaryFolder;
  #source: Promise<ObjectSource> | undefined;

  /** Copies go into `folder`; `onProgress` hears how much of the present one is there. */
  constructor(cwd: string, access: S3Access, folder: TemporaryFolder, onProgress: (doneBytes: number) => void) {
    this.#cwd = cwd;
    this.#folder = folder;
    this.#onProgress = onProgress;
    this.#access = access;
    if (access.endpoint !== undefined && !/^https?:\/\//i.test(access.endpoint)) {
      throw usageError("Option '--endpoint' takes a URL.");
    }
  }

  /** `text` is a path, or the `s3://` of a manifest.json or of its folder. */
  async report(text: string): Promise<string> {
    if (!isS3(text)) return resolve(this.#cwd, text);
    const place = placeOf(/\.json$/i.test(text) ? text : `${text.replace(/\/$/, '')}/manifest.json`);
    const folder = join(await this.#folder.newFolder(), folderName(place.key));
    const fetched = await fetchReport(await this.#reader(), place, folder, { onProgress: this.#onProgress });
    this.#fetched.push(fetched);
    return fetched.path;
  }

  /** `text` is a path, or the `s3://` of an object. */
  async file(text: string): Promise<string> {
    if (!isS3(text)) return resolve(this.#cwd, text);
    const { bucket, key } = placeOf(text);
    // Only the ending says something to those who read the copy.
    const path = join(await this.#folder.newFolder(), `manifest${/\.gz$/i.test(key) ? '.csv.gz' : '.csv'}`);
    const { chunks } = await (await this.#reader()).openObject(bucket, key);
    let doneBytes = 0;
    await replaceFile(path, async (write) => {
      for await (const chunk of chunks) {
        await write(chunk);
        doneBytes += chunk.length;
        this.#onProgress(doneBytes);
      }
    });
    return path;
  }

  /** A text that names copies, with what they are copies of instead. */
  named(text: string): string {
    return this.#fetched.reduce((named, fetched) => withOriginalNames(fetched, named), text);
  }

  async dispose(): Promise<void> {
    // When it could not be made, whoever asked for it got the error.
    await this.#source?.then(
      (source) => source.dispose(),
      () => undefined,
    );
  }

  async #reader(): Promise<ObjectReader> {
    const source = await (this.#source ??= import('../aws/main.js').then((aws) => aws.createObjectSource(this.#access)));
    return {
      openObject: async (bucket, key, _options, signal) => await source.open({ bucket, key, versionId: undefined }, signal),
    };
  }
}

function placeOf(text: string): { readonly bucket: string; readonly key: string } {
  const place = parseS3Uri(text);
  if (place === undefined) throw usageError(`'${text}' is no object: write s3://bucket/key.`);
  return place;
}

/** The folder of a report tells the job: `job-<id>`. */
function folderName(manifestKey: string): string {
  const name = basename(posix.dirname(manifestKey));
  return /^job-[\w-]+$/.test(name) ? name : 'report';
}
