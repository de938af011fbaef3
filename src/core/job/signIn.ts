import { isBatchError } from '../../base/errors.js';

/** Codes of errors that end when somebody signs in: ours (`sdkError.ts`), and those with which AWS refuses credentials that have ended. */
const signInCodes: ReadonlySet<string> = new Set([
  'SignInExpired',
  'SignInDeclined',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
]);

export function isSignInError(error: unknown): boolean {
  return isBatchError(error) && signInCodes.has(error.code);
}

/**
 * The command that signs in, when the error's hint ends with one (`sdkError.ts` writes it so). It goes to a terminal, and the profile's
 * name comes from a file: of a name with anything that a shell or a terminal acts on, even within quotes, there is no command.
 */
export function signInCommand(error: unknown): string | undefined {
  const hint = isBatchError(error) ? error.hint : undefined;
  return /: (aws (?:sso )?login --profile (?:[\w.@+-]+|"[^"$`\\!%\p{Cc}]+"))$/u.exec(hint ?? '')?.[1];
}
