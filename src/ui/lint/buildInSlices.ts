import type { ManifestModel } from '../../core/manifest/incrementalLint.js';

/** Half of what may hold up the extension host at most: the machine does other things too. */
export const sliceMs = 5;

export interface Slicing {
  /** Milliseconds now, on any scale. */
  readonly now: () => number;
  /** Lets everything else that waits have its turn. */
  readonly breathe: () => Promise<void>;
  /** True once the text is not what it was at the start: the model would be of no text. */
  readonly isOutdated: () => boolean;
  /** No slice works longer than this. */
  readonly sliceMs: number;
  /** Called once, after `partialAfterMs`, when the model knows some rows but not all. */
  readonly onPartial: () => void;
  readonly partialAfterMs: number;
}

/** Builds a model without keeping anyone waiting. Resolves with false when its text has changed meanwhile: the model is useless then. */
export async function buildInSlices(model: ManifestModel, slicing: Slicing): Promise<boolean> {
  const startedAt = slicing.now();
  let sliceEnd = startedAt + slicing.sliceMs;
  let isPartialDue = true;
  for (const _ of model.build()) {
    if (slicing.now() < sliceEnd) continue;
    if (isPartialDue && model.lineCount > 0 && slicing.now() - startedAt >= slicing.partialAfterMs) {
      isPartialDue = false;
      slicing.onPartial();
    }
    await slicing.breathe();
    if (slicing.isOutdated()) return false;
    sliceEnd = slicing.now() + slicing.sliceMs;
  }
  return true;
}

/** Runs something long without keeping anyone waiting. Undefined when its text has changed meanwhile: what it says is useless then. */
export async function runInSlices<T extends object>(
  steps: Generator<void, T, undefined>,
  slicing: Pick<Slicing, 'now' | 'breathe' | 'isOutdated' | 'sliceMs'>,
): Promise<T | undefined> {
  let sliceEnd = slicing.now() + slicing.sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (slicing.now() < sliceEnd) continue;
    await slicing.breathe();
    if (slicing.isOutdated()) return undefined;
    sliceEnd = slicing.now() + slicing.sliceMs;
  }
}
