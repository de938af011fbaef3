import { randomBytes, randomUUID } from 'node:crypto';

/** Ids of one answer: S3's 16 capitals and digits with a long host id, a UUID from the other services. */
export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

export function newRequestIds(form: 's3' | 'other'): RequestIds {
  const bytes = randomBytes(64);
  if (form === 'other') return { requestId: randomUUID(), hostId: bytes.toString('base64') };
  let requestId = '';
  for (const byte of bytes.subarray(0, 16)) requestId += '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte % 32];
  return { requestId, hostId: bytes.toString('base64') };
}
