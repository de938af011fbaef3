import { type JudgedRow, judgeRow, type RowContext } from '../core/manifest/judgeRow.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';
import { declaredLayout, type ManifestLayout, openLayout } from '../core/manifest/manifestLayout.js';
import type { AssembledRow } from '../core/manifest/rowAssembler.js';
import { readInto } from './openedFile.js';
import { readRow } from './readRow.js';
import { escapedPunctuation } from './spelling.js';

export interface HeadRow {
  readonly row: AssembledRow;
  readonly judged: JudgedRow;
  readonly offset: number;
  /** 0-based line that the row begins on. */
  readonly line: number;
}

/** The rows up to the one that decides how all others are read. */
export interface ManifestHead {
  readonly hasByteOrderMark: boolean;
  readonly rows: readonly HeadRow[];
  /** Behind the last of them. */
  readonly end: number;
  readonly lines: number;
  readonly layout: ManifestLayout;
  /** How the deciding row is written, which most others are likely to be. */
  readonly columns: 2 | 3;
  readonly isCrlf: boolean;
  readonly isQuoted: boolean;
  /** See `escapedPunctuation`. */
  readonly escaped: number;
}

const headBytes = 256 * 1024;
/** Each row of the head is kept as it was judged, which takes a hundred times its bytes when it is blank. */
const maxHeadRows = 1000;
const sampleBytes = 64 * 1024;

/** Reads the head. Undefined when it is longer than usual, or when its columns are not `Bucket,Key[,VersionId]`. */
export function readHead(fd: number, sizeBytes: number, lint: LintOptions): ManifestHead | undefined {
  const buffer = new Uint8Array(Math.min(sizeBytes, headBytes));
  const bytes = buffer.subarray(0, readInto(fd, buffer, 0, buffer.length, 0));
  const isWhole = bytes.length >= sizeBytes;
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let context: RowContext = { layout: lint.fields === undefined ? openLayout : declaredLayout(lint.fields), canBeHeader: true };
  const rows: HeadRow[] = [];
  let end = hasByteOrderMark ? 3 : 0;
  let lines = 0;
  for (;;) {
    const read = readRow(bytes, end, isWhole);
    if (typeof read !== 'object' || rows.length === maxHeadRows) return undefined;
    const text = { text: read.row.text, isCut: false, isDecodedElsewhere: false };
    const judged = judgeRow(text, context);
    rows.push({ row: read.row, judged, offset: end, line: lines });
    end = read.end;
    lines += read.row.lines.length;
    if (judged.kind !== 'data') continue;
    context = { layout: judged.layout, canBeHeader: false };
    if (judged.layout.columnCount === undefined) continue;
    const columns = kernelColumns(judged.layout);
    // The kernel knows lines by their line feeds.
    if (columns === undefined || read.row.lineEnd === '\r') return undefined;
    return {
      hasByteOrderMark,
      rows,
      end,
      lines,
      layout: judged.layout,
      columns,
      isCrlf: read.row.lineEnd === '\r\n',
      isQuoted: judged.view.fields.every(({ isQuoted }) => isQuoted),
      escaped: escapedPunctuation(bytes.subarray(0, sampleBytes)),
    };
  }
}

function kernelColumns(layout: ManifestLayout): 2 | 3 | undefined {
  if (layout.bucket !== 0 || layout.key !== 1) return undefined;
  if (layout.columnCount === 2) return 2;
  return layout.columnCount === 3 && layout.versionId === 2 ? 3 : undefined;
}
