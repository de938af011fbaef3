import { errorCode } from '../../base/errors.js';
import { ServiceError } from '../serviceError.js';

/** Turns what a disk says into what a client can understand; everything else is returned as it is. */
export function diskError(error: unknown): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      // S3 has no such error. 507 is one that SDKs do not retry.
      return new ServiceError(507, 'InsufficientStorage', 'The disk that holds the local data directory is full.');
    case 'ENAMETOOLONG':
      return new ServiceError(400, 'KeyTooLongError', 'Your key is too long for the disk that holds the local data directory.');
    case 'EROFS':
    case 'EACCES':
      return new ServiceError(500, 'InternalError', `The local data directory can't be written: ${String(error)}`);
    default:
      return error;
  }
}
