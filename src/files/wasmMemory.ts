export const pageBytes = 65536;
/** 4 GB: as much as there can be. */
const mostPages = 65536;

/** Memory for the kernel: shared, for all threads read the hashes in it. The system gives it when it is written to, not before. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

export function growableMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 2, maximum: mostPages, shared: true });
}
