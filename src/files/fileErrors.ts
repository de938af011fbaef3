import { BatchError, errorCode, errorMessage } from '../base/errors.js';

/** Why a file can't be read, by the code of the error of the system or of zlib. */
const readReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  Z_DATA_ERROR: 'it is not a valid gzip file',
  Z_BUF_ERROR: 'the gzip file is not complete',
};

const writeReasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EACCES: 'permission was denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/** For `code`, see readReasons. */
export function canNotRead(name: string, code: keyof typeof readReasons, cause?: unknown): BatchError {
  return new BatchError('CanNotRead', `Can't read ${name}: ${readReasons[code]}.`, { cause });
}

/** `CanNotRead` in words for any error of the system, so that whoever reads several files goes on with the others; else the error. */
export function describeReadError(name: string, error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (code in readReasons) return canNotRead(name, code, error);
  if (typeof (error as { syscall?: unknown } | null)?.syscall !== 'string') return error;
  return new BatchError('CanNotRead', `Can't read ${name}: ${errorMessage(error)}.`, { cause: error });
}

/** The error in words, when it is one of the file system that people meet. */
export function describeWriteError(name: string, error: unknown): unknown {
  const reason = writeReasons[errorCode(error) ?? ''];
  return reason === undefined ? error : new BatchError('CanNotWrite', `Can't write ${name}: ${reason}.`, { cause: error });
}
