import { type LintResult, ManifestLineLinter } from '../../core/manifest/lintManifest.js';
import type { LintOptions } from '../../core/manifest/lintOptions.js';
import { cutRow } from '../../core/manifest/manifestLine.js';

/** A document as lines; the last one is empty when the text ends with a line end. */
export interface LineSource {
  readonly lineCount: number;
  readonly lineEnd: '\n' | '\r\n';
  /** Without its line end. */
  lineAt(index: number): string;
  /** True once the lines are no longer what they were at the start: the result would be of no document. */
  isOutdated(): boolean;
}

export interface Slicing {
  /** Milliseconds now, on any scale. */
  readonly now: () => number;
  /** Lets everything else that waits have its turn. */
  readonly breathe: () => Promise<void>;
  /** No slice works longer than this. */
  readonly sliceMs: number;
  /** Gets the result so far, once, after `partialAfterMs`, when there are problems to show. */
  readonly onPartial: (result: LintResult) => void;
  readonly partialAfterMs: number;
}

/** Rows between two looks at the clock. */
const stride = 64;

/** The same result as `lintManifest`, worked out in slices, so that nobody waits for it; undefined when the source is outdated. */
export async function lintInSlices(source: LineSource, options: LintOptions, slicing: Slicing): Promise<LintResult | undefined> {
  const linter = new ManifestLineLinter(options, { isDecodedElsewhere: true });
  if (options.hasByteOrderMark === true) linter.noteByteOrderMark();
  const { lineCount, lineEnd } = source;
  const startedAt = slicing.now();
  let sliceEnd = startedAt + slicing.sliceMs;
  let isPartialDue = true;
  for (let index = 0; index < lineCount; index += 1) {
    const text = source.lineAt(index);
    const isLast = index === lineCount - 1;
    // What follows the last line end is a line only if it is not empty.
    if (isLast && text === '') break;
    const cut = cutRow(text);
    linter.addLine({ text: cut, lineEnd: isLast ? '' : lineEnd, isCut: cut.length < text.length });
    if (index % stride !== stride - 1 || slicing.now() < sliceEnd) continue;
    if (isPartialDue && slicing.now() - startedAt >= slicing.partialAfterMs) {
      isPartialDue = false;
      slicing.onPartial(linter.snapshot());
    }
    await slicing.breathe();
    if (source.isOutdated()) return undefined;
    sliceEnd = slicing.now() + slicing.sliceMs;
  }
  return linter.end();
}
