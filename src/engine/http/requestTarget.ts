import { ServiceError } from '../serviceError.js';

/** Where a request goes, read from its target and its Host header. Nothing is decoded or normalised. */
export interface RequestTarget {
  /** Lower case, without port. */
  readonly host: string;
  readonly rawPath: string;
  /** Without the question mark; empty when there is none. */
  readonly rawQuery: string;
}

/**
 * Reads the request target in origin form (`/path?query`) and in absolute form (`http://host/path`, what a client sends that takes the
 * engine for its HTTP proxy). In absolute form the target's host counts, not the Host header's (RFC 9112, 3.2.2).
 */
export function readRequestTarget(target: string, hostHeader: string): RequestTarget {
  let authority = hostHeader;
  let rest = target;
  if (!target.startsWith('/')) {
    const match = /^http:\/\/([^/?#]+)(.*)$/i.exec(target);
    if (match === null) throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.");
    authority = match[1] ?? '';
    rest = match[2] ?? '';
  }
  const question = rest.indexOf('?');
  const path = question < 0 ? rest : rest.slice(0, question);
  return {
    host: withoutPort(authority).toLowerCase(),
    rawPath: path === '' ? '/' : path,
    rawQuery: question < 0 ? '' : rest.slice(question + 1),
  };
}

export function withoutPort(authority: string): string {
  return authority.replace(/:\d*$/, '');
}
