import type { MakingContext } from '../../files/making/makingContext.js';
import type { ReadManifest } from '../../files/making/readManifest.js';
import { sourceName } from '../../files/readSource.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { count, printable } from '../output.js';
import type { Progress } from '../progress.js';

/** What operations on manifests get of a command: how far they are is shown on the terminal. */
export function makingContext(io: CliIo, progress: Progress): MakingContext {
  return {
    cwd: io.cwd,
    stdin: io.stdin,
    onProgress: ({ name, rows, share }) => {
      progress.show(() => {
        const percent = share === undefined ? '' : `, ${Math.floor(share * 100)} %`;
        return `${printable(name)}: ${count(rows, 'row')}${percent}`;
      });
    },
  };
}

export function refuseSecondStdin(paths: readonly string[]): void {
  if (paths.filter((path) => path === '-').length > 1) throw usageError('Stdin (-) can be read once only.');
}

/** A sentence for each file with header rows: they are no objects, so they are left out. */
export function headerNotes(files: readonly ReadManifest[]): string[] {
  return files.flatMap(({ path, headerRows }) =>
    headerRows === 0 ? [] : [`${printable(sourceName(path))}: ${count(headerRows, 'header row')} left out; a manifest has none.`],
  );
}
