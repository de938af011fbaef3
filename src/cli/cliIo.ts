import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process it runs in, so that tests run commands without one. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths in arguments are resolved against it. */
  readonly cwd: string;
  /** True when stdout is a terminal: only then colours, progress bars and the like. */
  readonly isTerminal: boolean;
  readonly tool: ToolFacts;
}

/** What the command is, for those who ask and for files that name what wrote them. */
export interface ToolFacts {
  /** Semantic. */
  readonly version: string;
  /** Page about the extension that the command belongs to. */
  readonly informationUri: string;
}

/** One command of `s3batch`: gets the arguments after its name, returns the exit code (0 fine, 1 errors found, 2 could not run). */
export type CliCommand = (argv: readonly string[], io: CliIo) => Promise<number>;
