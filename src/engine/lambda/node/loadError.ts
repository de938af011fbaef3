/** A mistake in the function's set-up that Lambda reports under a name of its own. */
export class LoadError extends Error {
  readonly errorType: string;
  readonly trace: readonly string[];

  constructor(errorType: string, message: string, trace: readonly string[] = []) {
    super(message);
    this.name = 'LoadError';
    this.errorType = errorType;
    this.trace = trace;
  }
}
