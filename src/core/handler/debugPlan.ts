import type { ManifestField } from '../job/jobTypes.js';

/** The variable that carries the plan to the program: it holds the engine's keys, which arguments would show to everyone. */
export const debugPlanVariable = 'S3BATCH_DEBUG_PLAN';

/** A task of its own, such as a failed one of a report. */
export interface DebugObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId?: string;
}

/** Lines of a manifest, 1-based, both included: in a manifest without problems a line is a row. */
export interface DebugLines {
  readonly manifest: string;
  readonly fields: readonly ManifestField[];
  readonly first: number;
  readonly last: number;
}

/** A whole job, which the engine runs and a window creates once the program is there. */
export interface DebugJob {
  /** Where the window listens. */
  readonly window: string;
  /** What both show each other to know; see `provenChannel.ts`. */
  readonly windowKey: string;
  /** Names the debug session to the window. */
  readonly session: string;
  /** Of the engine. */
  readonly dataDirectory: string;
}

/** What a window says to the program of a job, which has said `{kind: 'start', session}`. */
export type DebuggedProgramMessage =
  | { readonly kind: 'job'; readonly jobId: string }
  /** There is no job, or not any more. */
  | { readonly kind: 'end'; readonly text: string };

/** The engine that the handler reaches. */
export interface DebugEnvironment {
  readonly region: string;
  readonly accountId: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Command of the Python interpreter. */
  readonly python?: string;
}

/** What the program that a debugger starts is to invoke. */
export interface DebugPlan {
  readonly functionArn: string;
  readonly templates: readonly string[];
  /** Entries of `s3batch.local.functions`, which the engine checks. */
  readonly functions: readonly unknown[];
  readonly environment: DebugEnvironment;
  readonly schemaVersion: '1.0' | '2.0';
  readonly userArguments?: Readonly<Record<string, string>>;
  readonly tasks: DebugObject | DebugLines | DebugJob;
  /** Stops before the handler is called for this line, or this row of a job; 1 for an object. */
  readonly breakOnRow?: number;
  /** The handler runs in the process that starts the program, since it is no JavaScript. */
  readonly isHandlerInParent?: boolean;
  /** Nothing is invoked: the program says as JSON (`PreparedPython`) how a debugger starts it for a function in Python. */
  readonly isPrepared?: boolean;
  /** The user's own variables for the handler's process; null takes one away. */
  readonly variables?: Readonly<Record<string, string | null>>;
}

/** What a debug adapter of debugpy is to start, in the words of its launch request. */
export interface PythonDebuggee {
  readonly launch: {
    readonly code: string;
    readonly args: readonly string[];
    readonly python: readonly string[];
    readonly cwd: string;
    /** What differs from the variables of who starts the adapter; null for those that are to be left out. */
    readonly env: Readonly<Record<string, string | null>>;
  };
  /** Absolute path of the interpreter. */
  readonly executable: string;
  /** The folder of its debugpy; absent when it has none. */
  readonly debugpy?: string;
}

export type PreparedPython =
  PythonDebuggee | { readonly error: { readonly code: string; readonly message: string; readonly hint?: string } };
