/** What is known of an error: why it happens and what to do about it. */
export interface KnownError {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly explanation: string;
  readonly advice: string;
  /** True when another try of the same rows, with nothing changed, may well succeed. */
  readonly isWorthRetrying: boolean;
}

export interface TaskRule extends KnownError {
  readonly codes?: readonly string[];
  readonly statuses?: readonly number[];
  readonly message?: RegExp;
}
