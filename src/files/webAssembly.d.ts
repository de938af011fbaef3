/** What we use of WebAssembly, which Node has and its types leave to the DOM's. */
declare namespace WebAssembly {
  interface Module {
    /** Told apart from other objects by name only. */
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: Uint8Array) => Module;
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface SharedMemory {
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
  const Memory: {
    new (options: { readonly initial: number }): Memory;
    new (options: { readonly initial: number; readonly maximum: number; readonly shared: true }): SharedMemory;
  };
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: new (module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => Instance;
}
