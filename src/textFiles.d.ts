/** Files that the bundler puts into the bundle as the text they hold (see `textLoaders` of the build). */
declare module '*.py' {
  const text: string;
  export default text;
}

/** Compiled from the AssemblyScript file of the same name, as base64. */
declare module '*.wasm' {
  const base64: string;
  export default base64;
}
