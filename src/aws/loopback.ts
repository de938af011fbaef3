import type { S3ControlClient } from '@aws-sdk/client-s3-control';

/** What all clients of the SDK have: their own type of a stack of middleware, of which only this one step matters. */
type MiddlewareStack = S3ControlClient['middlewareStack'];

/**
 * Sends a client's requests to 127.0.0.1, whatever host they name. S3 Control puts the account id before the endpoint's host
 * (`000000000000.localhost`), a name that no resolver knows. This runs after signing, so that what arrives is what AWS would get, the
 * `Host` header with its prefix included. An agent with a look-up of its own would do the same, but not inside VS Code, which replaces
 * the agent of every request whose host is not `localhost` or `127.0.0.1` by that of its proxy support.
 */
export function sendToLoopback(
  client: { readonly middlewareStack: unknown },
  isMeant: (hostname: string) => boolean = () => true,
): void {
  (client.middlewareStack as MiddlewareStack).add(
    (next) => (args) => {
      const request = args.request as { hostname: string };
      if (isMeant(request.hostname)) request.hostname = '127.0.0.1';
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'sendToLoopback' },
  );
}

/** A name below `localhost` is this machine, whether a resolver knows it or not (RFC 6761, section 6.3). */
export function isBelowLocalhost(hostname: string): boolean {
  return hostname.endsWith('.localhost');
}
