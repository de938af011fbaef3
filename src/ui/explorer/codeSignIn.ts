import { BatchError } from '../../base/errors.js';

/** The ways to reach a person, passed in so that the rules below can be tested without VS Code. */
export interface CodeQuestions {
  /** Asks for a code; undefined when the question was left. `wasRefused`: the code before was not accepted. */
  askCode(label: string, serial: string, wasRefused: boolean): Promise<string | undefined>;
  /** Says that a session has ended; resolves with whether the person wants to sign in again. */
  offerSignIn(label: string): Promise<boolean>;
  declined(label: string): { readonly message: string; readonly hint: string };
}

/**
 * When a person is asked for the code of an MFA device for one target. At first at once, because they have just asked for the target;
 * when a session ends later, a notification comes first: a field that opens by itself takes the keys away from whoever types. What was
 * declined is not asked again before the person asks for the target anew.
 */
export class CodeSignIn {
  readonly #label: string;
  readonly #questions: CodeQuestions;
  #hasSignedIn = false;
  #hasDeclined = false;
  /** Ends the waiting for an answer to the notification. */
  #goOn: (() => void) | undefined;

  constructor(label: string, questions: CodeQuestions) {
    this.#label = label;
    this.#questions = questions;
  }

  /** Gives the code, or rejects with `SignInDeclined`. `isPersonWaiting`: for something that a person has just started. */
  async code(serial: string, wasRefused: boolean, isPersonWaiting = false): Promise<string> {
    const isWanted =
      isPersonWaiting || (!this.#hasDeclined && (wasRefused || !this.#hasSignedIn || (await this.#isWantedAgain())));
    const code = isWanted ? await this.#questions.askCode(this.#label, serial, wasRefused) : undefined;
    if (code !== undefined) {
      this.#hasSignedIn = true;
      return code.trim();
    }
    this.#hasDeclined = true;
    const { message, hint } = this.#questions.declined(this.#label);
    throw new BatchError('SignInDeclined', message, { hint });
  }

  /** A person does something with the target: a question that waits in a notification is asked at once. */
  isNeeded(): void {
    this.#goOn?.();
  }

  /** A person asks again after a failure. */
  retry(): void {
    this.#hasDeclined = false;
    this.#hasSignedIn = false;
    this.isNeeded();
  }

  async #isWantedAgain(): Promise<boolean> {
    const needed = new Promise<boolean>((resolve) => (this.#goOn = () => resolve(true)));
    try {
      return await Promise.race([this.#questions.offerSignIn(this.#label), needed]);
    } finally {
      this.#goOn = undefined;
    }
  }
}
