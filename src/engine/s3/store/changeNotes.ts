import type { ChangeKind, ObjectState } from '../../../core/changes/storeChange.js';
import type { ChangeRecorder, NotedChange } from '../../changes/changeRecorder.js';
import type { KeyView } from '../keyView.js';
import { isMarker, type ObjectEntry } from '../objectMetadata.js';

/** Tells the record of the job at work, if there is one, what is about to be changed. */
export class ChangeNotes {
  readonly #changes: ChangeRecorder | undefined;

  constructor(changes: ChangeRecorder | undefined) {
    this.#changes = changes;
  }

  /** True while what is done is a job’s doing: then its notes need to know what was there. */
  get isRecording(): boolean {
    return this.#changes?.isRecording === true;
  }

  /** Makes a change with a note of it, which is taken back when the change fails. `file` holds the bytes that are replaced. */
  async make<T>(note: NotedChange, file: string | undefined, change: () => Promise<T>): Promise<T> {
    const undo = this.#changes?.note(note, file);
    try {
      return await change();
    } catch (error) {
      undo?.();
      throw error;
    }
  }
}

export type AspectKind = Exclude<ChangeKind, 'put' | 'copy' | 'remove'>;

export function changeState({ etag, sizeBytes, versionId }: ObjectEntry): ObjectState {
  return { etag, sizeBytes, versionId };
}

/** Of the current version; null when there is none, or a delete marker is. */
export function changeStateOf({ versions: [current] }: KeyView): ObjectState | null {
  return current === undefined || isMarker(current) ? null : changeState(current);
}
