import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';

/**
 * Resolves every name to 127.0.0.1. S3 Control puts the account id before the endpoint's host (`000000000000.localhost`), a name that
 * no resolver knows; with this the request leaves as AWS would get it, prefix and signature included, and needs no DNS.
 */
const lookupLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

export function createLoopbackAgent(): Agent {
  return new Agent({ lookup: lookupLoopback, keepAlive: true });
}
