import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export type FaultKind = 'open' | 'write' | 'sync' | 'rename';

export interface Fault {
  readonly kind: FaultKind;
  readonly code: 'ENOSPC' | 'EIO' | 'EMFILE';
  /** Which call fails, from 0, of those on paths that hold `path`. */
  readonly at: number;
  /** How many calls from there on fail. */
  readonly times: number;
  readonly path: string;
}

export interface InstalledFault {
  /** Calls that failed. */
  readonly hits: number;
  /** Lets everything through again. */
  remove(): void;
}

type AnyFunction = (...args: unknown[]) => unknown;
type Patchable = Record<string, AnyFunction>;

const kinds: Readonly<Record<string, FaultKind>> = {
  open: 'open',
  openSync: 'open',
  writeFile: 'write',
  writeFileSync: 'write',
  writeSync: 'write',
  write: 'write',
  appendFile: 'write',
  fdatasyncSync: 'sync',
  fsyncSync: 'sync',
  sync: 'sync',
  datasync: 'sync',
  rename: 'rename',
  renameSync: 'rename',
};

/** Makes file operations of this thread fail as a disk would: at one call, or from one call on. */
export async function injectFault(fault: Fault): Promise<InstalledFault> {
  let calls = 0;
  let hits = 0;
  let isOn = true;
  const paths = new Map<number, string>();
  const undo: (() => void)[] = [];
  const check = (name: string, path: string): void => {
    if (!isOn || kinds[name] !== fault.kind || !path.includes(fault.path)) return;
    const call = calls;
    calls += 1;
    if (call < fault.at || call >= fault.at + fault.times) return;
    hits += 1;
    throw Object.assign(new Error(`${fault.code}: injected, ${name} '${path}'`), { code: fault.code, syscall: name, path });
  };
  const patch = (target: object, name: string, wrap: (original: AnyFunction) => AnyFunction): void => {
    const holder = target as Patchable;
    const original = holder[name] as AnyFunction;
    holder[name] = wrap(original);
    undo.push(() => {
      holder[name] = original;
    });
  };
  // By path.
  for (const name of ['openSync', 'writeFileSync', 'renameSync']) {
    patch(fs, name, (original) => (path, ...rest) => {
      check(name, textOf(path));
      const result = original(path, ...rest);
      if (name === 'openSync') paths.set(result as number, textOf(path));
      return result;
    });
  }
  // By file descriptor.
  for (const name of ['writeSync', 'fdatasyncSync', 'fsyncSync']) {
    patch(fs, name, (original) => (fd, ...rest) => {
      check(name, paths.get(fd as number) ?? '');
      return original(fd, ...rest);
    });
  }
  const handlePaths = new WeakMap<object, string>();
  const probe = await fs.promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(probe) as object;
  await probe.close();
  for (const name of ['open', 'writeFile', 'rename']) {
    patch(fs.promises, name, (original) => async (path, ...rest) => {
      check(name, textOf(path));
      const result = await original(path, ...rest);
      if (name === 'open') handlePaths.set(result as object, textOf(path));
      return result;
    });
  }
  for (const name of ['write', 'writeFile', 'appendFile', 'sync', 'datasync']) {
    patch(
      prototype,
      name,
      (original) =>
        async function patched(this: object, ...args: unknown[]): Promise<unknown> {
          check(name, handlePaths.get(this) ?? '');
          return original.apply(this, args);
        },
    );
  }
  syncBuiltinESMExports();
  return {
    get hits() {
      return hits;
    },
    remove: () => {
      isOn = false;
      for (const restore of undo.toReversed()) restore();
      syncBuiltinESMExports();
    },
  };
}

function textOf(path: unknown): string {
  return typeof path === 'string' ? path : '';
}
