import { isSignInError } from '../../core/job/signIn.js';
import type { TargetState } from './jobStore.js';

/** Tells when a target that could be read needs somebody to sign in: once, until it could be read again. */
export class SignInWatch {
  readonly #told = new Set<string>();

  hasEnded({ target, error, readAtMs }: Pick<TargetState, 'target' | 'error' | 'readAtMs'>): boolean {
    if (error === undefined) this.#told.delete(target.id);
    // What was never read says so in its place in the tree, and who has just declined knows.
    if (!isSignInError(error) || error?.code === 'SignInDeclined' || readAtMs === undefined) return false;
    if (this.#told.has(target.id)) return false;
    this.#told.add(target.id);
    return true;
  }
}
