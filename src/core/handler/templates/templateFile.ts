import type { SchemaVersion } from '../handlerTypes.js';

export const handlerLanguages = ['typescript', 'javascript', 'python'] as const;
export type HandlerLanguage = (typeof handlerLanguages)[number];

export interface HandlerTemplateOptions {
  readonly language: HandlerLanguage;
  readonly schema: SchemaVersion;
  /** The function's name: 1 to 64 letters, digits, hyphens and underscores. */
  readonly name: string;
}

export interface TemplateFile {
  /** Relative to the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
