import type { ManifestField } from '../job/jobTypes.js';

/** What the rules report. Lines and columns are 0-based, columns in UTF-16 units, ends exclusive; printing adds 1. */
export type Severity = 'error' | 'warning' | 'information';
export type RuleSeverity = Severity | 'off';

export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A replacement of one range; an empty `text` deletes. Edits of one fix never overlap. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

export interface Fix {
  /** Verb first: what the light bulb says. */
  readonly title: string;
  readonly edits: readonly Edit[];
  /** True when the result is certain, so that "fix all" applies it. */
  readonly isCertain: boolean;
  /** Set when the fix is not an edit (`edits` is then empty) but a declaration: these are the manifest's columns. */
  readonly columns?: readonly ManifestField[];
  /** Set when the fix is to write the file without its byte order mark, which no position in the text stands for. */
  readonly removesByteOrderMark?: true;
  /** Set when the fix is to choose how the file is read or saved. */
  readonly changesEncoding?: true;
}

export interface Problem {
  /** Id of the rule, such as `unencoded-key`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range: Range;
  /** First is preferred. Empty when the rule has no fix. */
  readonly fixes: readonly Fix[];
}
