/** Files that the bundler puts into the bundle as the text they hold (see `textLoaders` of the build). */
declare module '*.py' {
  const text: string;
  export default text;
}
