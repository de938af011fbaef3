/** A module from base64 text. Undefined where WebAssembly or its SIMD is missing or forbidden: whoever asks has a way without. */
export function tryCompile(base64: string): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

export const pageBytes = 65536;

/** Memory for a module, with all bytes before `end`. */
export function memoryUpTo(end: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
}

/** 4 GB: as much as there can be. */
const mostPages = 65536;

/** Memory for the kernel: shared, for all threads read the hashes in it. The system gives it when it is written to, not before. */
export function sharedMemory(bytes: number): WebAssembly.SharedMemory {
  const pages = Math.ceil(bytes / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

export function growableMemory(): WebAssembly.SharedMemory {
  return new WebAssembly.Memory({ initial: 2, maximum: mostPages, shared: true });
}
