import { randomBytes } from 'node:crypto';
import { lstat, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

const folderPrefix = 's3b-';
const socketName = 'engine.sock';
const pipePrefix = '\\\\.\\pipe\\s3batch-';
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the final zero included. */
const maxPathBytes = 103;

/**
 * A new address for an engine to listen on, which is no secret. A Unix domain socket in a folder that only this user may enter; on Windows
 * a named pipe with a name that nobody guesses. Undefined where the temporary folder is too deep for a socket.
 */
export async function newChannelAddress(): Promise<string | undefined> {
  if (process.platform === 'win32') return `${pipePrefix}${randomBytes(16).toString('hex')}`;
  for (const parent of [tmpdir(), '/tmp']) {
    if (Buffer.byteLength(join(parent, `${folderPrefix}XXXXXX`, socketName)) > maxPathBytes) continue;
    // mkdtemp makes folders of mode 0700.
    return join(await mkdtemp(join(parent, folderPrefix)), socketName);
  }
  return undefined;
}

/**
 * Whether an address may be connected to: one that an engine of this user has made. A data folder may have come with a workspace, and
 * a lock file in it may name any socket of this machine.
 */
export async function isOwnChannelAddress(address: string): Promise<boolean> {
  if (process.platform === 'win32') return new RegExp(`^${pipePrefix.replaceAll('\\', '\\\\')}[0-9a-f]{32}$`).test(address);
  const folder = dirname(address);
  if (!isAbsolute(address) || basename(address) !== socketName || !basename(folder).startsWith(folderPrefix)) return false;
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  } catch {
    // Gone, or not for us to look at.
    return false;
  }
}

/** Removes what an engine leaves of its address: its own at its end, or that of one that was killed. Never rejects. */
export async function removeChannelAddress(address: string): Promise<void> {
  if (process.platform === 'win32' || !(await isOwnChannelAddress(address))) return;
  try {
    await rm(address, { force: true });
    await rmdir(dirname(address));
  } catch {
    // Something else lies there, or it was removed meanwhile: an empty folder more or less in the temporary folder is no harm.
  }
}
