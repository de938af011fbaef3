import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import {
  deletionLine,
  isNews,
  type JobName,
  type LedgerEntry,
  ledgerKey,
  ledgerLine,
  merged,
  type ReadLedger,
  readLedger,
} from '../../core/ledger/ledger.js';
import { type FileLock, withFileLock } from './fileLock.js';

/** Lines beyond what must be there before the file is written anew. */
const spareLines = 1000;

/** What this window knows to be in the file. */
interface Known extends Pick<ReadLedger, 'entries' | 'deleted'> {
  lines: number;
  /** Which file it was, see `#identity`. */
  file: string | undefined;
}

/**
 * The jobs that were ever seen, in a file that is appended to: a crash or a full disk cuts off the last line at most. It is written anew,
 * beside and then in place of the old one, when most of it is outdated. Several windows write to it, one at a time.
 */
export class LedgerFile {
  readonly #folder: string;
  readonly #path: string;
  #known: Promise<Known> | undefined;
  /** One write after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'jobs.jsonl');
  }

  /** Newest first, what other windows wrote included. */
  async entries(): Promise<readonly LedgerEntry[]> {
    await this.#writing.catch(() => undefined);
    const { entries } = await this.#read();
    return [...entries.values()].toSorted((a, b) => ((a.job.CreationTime ?? '') < (b.job.CreationTime ?? '') ? 1 : -1));
  }

  /** Writes down what is new of these jobs. Rejects when it can't be written; nothing that was there is lost then. */
  async note(entries: readonly LedgerEntry[]): Promise<void> {
    await this.#inTurn(async () => {
      if (newsOf(entries, await (this.#known ??= this.#load())).length === 0) return;
      await this.#locked(async (lock) => {
        const known = await this.#current();
        const news = newsOf(entries, known);
        if (news.length === 0) return;
        await this.#append(news.map(ledgerLine).join(''));
        // Else it may have gone to the file that another window has replaced meanwhile.
        await lock.check();
        // Only what is written counts as known: what failed is written the next time.
        for (const entry of news) known.entries.set(ledgerKey(entry), merged(known.entries.get(ledgerKey(entry)), entry));
        known.lines += news.length;
        known.file ??= await this.#identity();
        if (known.lines > known.entries.size * 2 + known.deleted.size + spareLines) await this.#rewrite(await this.#read(), lock);
      });
    });
  }

  /** Everything about one job goes from the file, and it is not written down again. */
  async deleteJob(job: JobName): Promise<void> {
    await this.#inTurn(async () => {
      await this.#locked(async (lock) => {
        const read = await this.#read();
        read.entries.delete(ledgerKey(job));
        read.deleted.set(ledgerKey(job), job);
        await this.#rewrite(read, lock);
      });
    });
  }

  /** The file goes, and with it that some jobs were deleted before. */
  async deleteAll(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#locked(() => rm(this.#path, { force: true }));
      this.#known = undefined;
    });
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(work);
    await this.#writing;
  }

  async #locked(work: (lock: FileLock) => Promise<void>): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await withFileLock(`${this.#path}.lock`, work);
  }

  async #load(): Promise<Known> {
    try {
      const file = await this.#identity();
      const { entries, deleted, lines } = await this.#read();
      return { entries, deleted, lines, file };
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  /** What is known, read again when another window has written the file anew. */
  async #current(): Promise<Known> {
    const known = await (this.#known ??= this.#load());
    if (known.file === (await this.#identity())) return known;
    return await (this.#known = this.#load());
  }

  /** Tells whether the file is still the same one; undefined when there is none. */
  async #identity(): Promise<string | undefined> {
    try {
      const { ino, birthtimeMs } = await stat(this.#path);
      return `${ino} ${birthtimeMs}`;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #append(text: string): Promise<void> {
    const file = await open(this.#path, 'a+');
    try {
      // A line that was cut off must not take the next one with it.
      await file.appendFile((await endsInLine(file)) ? `\n${text}` : text);
    } finally {
      await file.close();
    }
  }

  async #rewrite({ entries, deleted }: ReadLedger, lock: FileLock): Promise<void> {
    const temporary = `${this.#path}.${randomBytes(6).toString('hex')}.tmp`;
    const lines = [...[...deleted.values()].map(deletionLine), ...[...entries.values()].map(ledgerLine)];
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(lines.join(''));
        await file.sync();
      } finally {
        await file.close();
      }
      await lock.check();
      await rename(temporary, this.#path);
    } finally {
      await rm(temporary, { force: true });
    }
    this.#known = Promise.resolve({ entries, deleted, lines: lines.length, file: await this.#identity() });
  }

  async #read(): Promise<ReadLedger> {
    try {
      return readLedger(await readFile(this.#path, 'utf8'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return readLedger('');
      throw error;
    }
  }
}

function newsOf(entries: readonly LedgerEntry[], known: Known): LedgerEntry[] {
  return entries.filter((entry) => {
    const key = ledgerKey(entry);
    return !known.deleted.has(key) && isNews(known.entries.get(key), entry);
  });
}

/** Whether the last line of a file has no end. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
