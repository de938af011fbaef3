/** A module from base64 text. Undefined where WebAssembly or its SIMD is missing or forbidden: whoever asks has a way without. */
export function tryCompile(base64: string): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

const pageBytes = 65536;

/** Memory for a module, with all bytes before `end`. */
export function memoryUpTo(end: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
}
