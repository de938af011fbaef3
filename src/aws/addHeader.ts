import type { S3Client } from '@aws-sdk/client-s3';

/** What all commands of the SDK have: their own type of a stack of middleware, of which only this one step matters. */
type MiddlewareStack = S3Client['middlewareStack'];

/** Gives the request of a command a header that the SDK has no member for. It is signed with the others. */
export function addHeader(command: { readonly middlewareStack: unknown }, name: string, value: string): void {
  (command.middlewareStack as MiddlewareStack).add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[name] = value;
      return next(args);
    },
    { step: 'build', name: `add ${name}` },
  );
}
