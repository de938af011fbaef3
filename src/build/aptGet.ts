import { existsSync } from 'node:fs';
import { runCommand } from './command.js';

/** Installs a package where we may: on Debian as root. Resolves with whether that was tried; whether it is there now is for the caller to see. */
export async function installDebianPackage(name: string): Promise<boolean> {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return false;
  console.log(`Installing ${name} with apt-get (once)...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('/usr/bin/apt-get', ['update', '-qq'], { cwd: '/', env });
  await runCommand('/usr/bin/apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { cwd: '/', env });
  return true;
}
