import { ServiceError } from '../../serviceError.js';

/** Source: S3 User Guide, object-keys: 1,024 bytes of UTF-8. */
const maxKeyBytes = 1024;

/** Throws `KeyTooLongError`, and `InvalidURI` for what is no key at all. */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > maxKeyBytes) {
    throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long', {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(maxKeyBytes),
    });
  }
  if (key === '' || /\p{Surrogate}/u.test(key)) throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.");
}
