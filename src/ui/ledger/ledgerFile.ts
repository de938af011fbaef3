import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { isNews, type LedgerEntry, ledgerKey, ledgerLine, merged, readLedger } from '../../core/ledger/ledger.js';

/** Lines beyond the entries before the file is written anew. */
const spareLines = 1000;

/**
 * The jobs that were ever seen, in a file that only grows: a crash cuts off the last line at most, and several windows may write at the
 * same time. It is written anew, beside and then in place of the old one, when most of it is outdated.
 */
export class LedgerFile {
  readonly #folder: string;
  readonly #path: string;
  #known: Promise<Map<string, LedgerEntry>> | undefined;
  /** One write after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'jobs.jsonl');
  }

  /** Newest first, what other windows wrote included. */
  async entries(): Promise<readonly LedgerEntry[]> {
    await this.#writing.catch(() => undefined);
    const { entries } = readLedger(await this.#text());
    return [...entries.values()].toSorted((a, b) => ((a.job.CreationTime ?? '') < (b.job.CreationTime ?? '') ? 1 : -1));
  }

  /** Writes down what is new of these jobs. Rejects when it can't be written; nothing that was there is lost then. */
  async note(entries: readonly LedgerEntry[]): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#append(entries));
    await this.#writing;
  }

  async deleteAll(): Promise<void> {
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        await rm(this.#path, { force: true });
        this.#known = undefined;
      });
    await this.#writing;
  }

  async #append(entries: readonly LedgerEntry[]): Promise<void> {
    const known = await (this.#known ??= this.#load());
    const news = entries.filter((entry) => isNews(known.get(ledgerKey(entry)), entry));
    if (news.length === 0) return;
    await mkdir(this.#folder, { recursive: true });
    await appendFile(this.#path, news.map(ledgerLine).join(''));
    // Only what is written counts as known: what failed is written the next time.
    for (const entry of news) known.set(ledgerKey(entry), merged(known.get(ledgerKey(entry)), entry));
  }

  async #load(): Promise<Map<string, LedgerEntry>> {
    try {
      const text = await this.#text();
      // A line that was cut off must not take the next one with it.
      const isCutOff = text !== '' && !text.endsWith('\n');
      if (isCutOff) await appendFile(this.#path, '\n');
      const sizeBytes = Buffer.byteLength(text) + (isCutOff ? 1 : 0);
      const read = readLedger(text);
      if (read.lines > read.entries.size * 2 + spareLines) await this.#compact(sizeBytes, read.entries);
      return new Map(read.entries);
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  async #compact(sizeBytes: number, entries: ReadonlyMap<string, LedgerEntry>): Promise<void> {
    const temporary = `${this.#path}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await writeFile(temporary, [...entries.values()].map(ledgerLine).join(''));
      const file = await open(temporary, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      // Another window has written meanwhile: then the file stays as it is until the next time.
      if ((await stat(this.#path)).size === sizeBytes) await rename(temporary, this.#path);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    }
  }
}
