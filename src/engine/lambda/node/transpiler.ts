/** The bundled transpiler of TypeScript, a file of its own so that only functions in TypeScript load it. */
export { transform } from 'sucrase';
