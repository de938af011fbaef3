import type { ChecksumAlgorithm } from './s3/checksum.js';
import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.js';

/** The seams between the rooms of the engine. Each room implements one of these and knows the others only through them. */

export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

/** A request after the server has checked it: signature, host, origin. */
export interface EngineRequest {
  readonly method: string;
  /** Decoded nowhere: the path exactly as sent, without query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Signing service of the credential scope: `s3`, `lambda`, `sts`. */
  readonly service: string;
  readonly region: string;
  /** Bucket of a virtual-hosted request (`{bucket}.s3.local.test`), else undefined. */
  readonly hostBucket: string | undefined;
  readonly requestId: string;
  /** The payload: un-chunked (`aws-chunked` removed) and checked against its hash and trailers at the end of the stream. */
  readonly body: Readable;
  /** Trailing headers of an `aws-chunked` payload, lower-case names; complete once `body` has ended. */
  trailers(): Readonly<Record<string, string>>;
  /** Reads a small body whole; rejects with `EntityTooLarge` above the limit. */
  text(limitBytes: number): Promise<string>;
}

export interface EngineResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

/** Answers the request, or undefined when it is not for this router. Throws ServiceError for an error answer. */
export type Router = (request: EngineRequest) => Promise<EngineResponse | undefined>;

export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly contentType: string;
  /** Content-Encoding, Cache-Control … as stored, lower-case header names. */
  readonly systemMetadata: Readonly<Record<string, string>>;
  /** x-amz-meta-*, names without the prefix. */
  readonly userMetadata: Readonly<Record<string, string>>;
  /** `x-amz-checksum-*` values kept with the object, by algorithm in upper case. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** The S3 side as the job side sees it. Errors are ServiceErrors with S3's own codes (`NoSuchKey`, `NoSuchBucket`). */
export interface ObjectStore {
  hasBucket(bucket: string): Promise<boolean>;
  createBucket(bucket: string): Promise<void>;
  head(bucket: string, key: string): Promise<ObjectInfo>;
  /** The object's bytes; `range` in bytes, end inclusive. */
  read(bucket: string, key: string, range?: { start: number; end: number }): Promise<{ info: ObjectInfo; body: Readable }>;
  write(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    options?: { contentType?: string; systemMetadata?: Record<string, string>; userMetadata?: Record<string, string> },
  ): Promise<ObjectInfo>;
  /** Copies an object to a plain file outside the store (a job pins its manifest this way). Resolves with what was copied. */
  exportTo(bucket: string, key: string, file: string): Promise<ObjectInfo>;
}

/** A function of a template or of the settings. */
export interface FunctionDefinition {
  /** Name that ARNs carry: FunctionName when the template sets one, else the logical id. */
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  /** Lambda's runtime identifier, such as `nodejs22.x`. */
  readonly runtime: string;
  readonly handler: string;
  /** Absolute path of CodeUri. */
  readonly codeDirectory: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly description?: string;
  /** Set when the same name is declared more than once: where, and that the first counts. */
  readonly ambiguity?: string;
  /** Sources that the build bundles (SAM `BuildMethod: esbuild`), relative to `codeDirectory`. */
  readonly entryPoints?: readonly string[];
  /** Absolute folders of the layers, in the template's order: of two files with one path the last counts. */
  readonly layers?: readonly string[];
  /** ReservedConcurrentExecutions: environments at once. */
  readonly reservedConcurrency?: number;
}

export interface FunctionRegistry {
  /** Reads the template anew when it has changed. Rejects with a BatchError that names file and line when it can't be read. */
  list(): Promise<readonly FunctionDefinition[]>;
  /** By name, logical id, partial or full ARN, with or without qualifier; undefined when there is none. */
  find(nameOrArn: string): Promise<FunctionDefinition | undefined>;
}

/** What came of one invocation. */
export type InvokeOutcome =
  /** The function returned; `payload` is what it returned, as JSON would carry it. */
  | { readonly kind: 'returned'; readonly payload: unknown }
  /** The function returned something that JSON can't carry, or text that is not JSON. */
  | { readonly kind: 'invalidJson'; readonly text: string }
  /** The function threw, could not be loaded, or its process ended. */
  | {
      readonly kind: 'functionError';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: readonly string[];
    }
  | { readonly kind: 'timedOut'; readonly afterMs: number; readonly requestId: string };

export interface InvocationContext {
  readonly requestId: string;
  /** Milliseconds since the epoch at which the invocation times out; Infinity while a debugger may stop it. */
  readonly deadlineMs: number;
}

/** One Lambda execution environment: one invocation at a time, module state kept between invocations. */
export interface Environment {
  /**
   * False after a crash, an exit or a timeout (absent: always usable). The next invoke then starts anew where it can; an owner that
   * can should rather end the thread and make another, since code of the old invocation may still be running in it.
   */
  readonly isUsable?: boolean;
  /**
   * How many invocations may be under way at once; absent means one. They still run one after another: more than one only keeps a
   * child process busy. Deadlines then count from when an invocation's turn comes.
   */
  readonly queueLength?: number;
  /** Why the function could not be loaded, which is what every invocation gives. Absent: it was loaded, or that is not known yet. */
  readonly loadFailure?: InvokeOutcome | undefined;
  invoke(event: unknown, context: InvocationContext): Promise<InvokeOutcome>;
  /**
   * The same without a promise, for who makes a million of them: calls back once, perhaps before it returns. Throws where `invoke`
   * rejects.
   */
  begin?(event: unknown, context: InvocationContext, onOutcome: (outcome: InvokeOutcome) => void): void;
  dispose(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly region: string;
  readonly accountId: string;
  /** The engine's endpoint and keys: what the handler's own SDK will use. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the handler's SDK sends with each request: which job's doing it is. Absent outside of jobs. */
  readonly sessionToken?: string;
  /** Where the function's output goes, a line at a time, without the line end. */
  readonly onOutput: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Absolute path of the file that stands for `@aws-sdk/client-s3` in functions that bring none; absent: beside the running bundle. */
  readonly handlerSdk?: string;
  /** Command of the Python interpreter; absent: that of a `.venv` near the code, else python3, python or py. */
  readonly python?: string;
  /** A debugger may stop the function: nothing is limited in time. */
  readonly isDebugged?: boolean;
}

export interface EngineSettings {
  /** Redrives of a TemporaryFailure, and of a function error, before it counts as failed. Undocumented by AWS: emulated. */
  readonly redrives: number;
  /** Back-off before the first redrive; doubles each time. Emulated. */
  readonly redriveDelayMs: number;
  /** Invocations at once. Emulated. */
  readonly concurrency: number;
  /**
   * Memory that the invocations of one job may have together, by their function's MemorySize: as many run at once as fit, and one at
   * least. 0: no limit. AWS has no such thing; it is for this machine.
   */
  readonly memoryMb: number;
  /** Jobs of one priority that run side by side; a higher priority pauses all lower ones. Emulated. */
  readonly activeJobs: number;
  /** How the key of a Lambda event is encoded: `form` as observed on the service, `echo` of the manifest field. */
  readonly s3KeyEncoding: 'form' | 'echo';
  /** How long the restore of an archived object takes. Hours at AWS, by tier and class: emulated. */
  readonly restoreDelayMs: number;
  /** How long a ClientRequestToken is remembered. Emulated. */
  readonly tokenLifeMs: number;
  /** Jobs in a page of ListJobs that asks for no number. Emulated. */
  readonly jobsPerPage: number;
  /** What stands between TargetKeyPrefix of a Copy job and the key, unless the prefix ends with a slash. Emulated. */
  readonly copyPrefixJoin: 'slash' | 'none';
  /** What a Compute checksum job without ChecksumAlgorithm computes. Emulated. */
  readonly checksumAlgorithm: ChecksumAlgorithm;
  /** The same for ChecksumType; of CRC64NVME there is FULL_OBJECT only. Emulated. */
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  /** How long an environment of the Lambda API stays warm without work. Emulated. */
  readonly environmentIdleMs: number;
  /** Environments of one function of the Lambda API at once, where it reserves no concurrency; more invocations wait. Emulated. */
  readonly environmentsPerFunction: number;
  /** How long a client may be silent in the midst of a request before it gets RequestTimeout. Emulated. */
  readonly silenceMs: number;
  /** Whether a task whose function threw, ended or timed out is tried again, as often as `redrives` says, or has failed. Emulated. */
  readonly functionErrors: 'redrive' | 'fail';
  /** How long the tasks that run get to end when their job is cancelled or fails. Emulated. */
  readonly cancelGraceMs: number;
  /** Of what the handlers of one job print so many MB are kept. Emulated. */
  readonly outputLimitMb: number;
  /** Versions in a generated manifest, unless the job replicates: then they are all that are eligible, as documented. Emulated. */
  readonly generatedVersions: 'current' | 'all';
  /** What a report of failed tasks is when none failed: a manifest.json without results, or nothing. Emulated. */
  readonly emptyReport: 'manifest' | 'none';
  /** How a report row spells the key: `echo` of the manifest field, or `form` as the service spells it in events. Emulated. */
  readonly reportKeyEncoding: 'echo' | 'form';
  /** What `userArguments` of an event of schema 2.0 is when the job has none. Emulated. */
  readonly absentUserArguments: 'omit' | 'null' | 'empty';
}

export const defaultEngineSettings: EngineSettings = {
  redrives: 3,
  redriveDelayMs: 1000,
  concurrency: 10,
  memoryMb: 0,
  activeJobs: 4,
  s3KeyEncoding: 'form',
  restoreDelayMs: 5000,
  tokenLifeMs: 86_400_000,
  jobsPerPage: 1000,
  copyPrefixJoin: 'slash',
  checksumAlgorithm: 'CRC64NVME',
  checksumType: 'FULL_OBJECT',
  environmentIdleMs: 300_000,
  environmentsPerFunction: 10,
  silenceMs: 60_000,
  functionErrors: 'redrive',
  cancelGraceMs: 5000,
  outputLimitMb: 64,
  generatedVersions: 'current',
  emptyReport: 'manifest',
  reportKeyEncoding: 'echo',
  absentUserArguments: 'omit',
};

/** What every room of the engine gets. */
export interface EngineContext {
  readonly dataDirectory: string;
  readonly region: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `http://127.0.0.1:PORT`; known once the server listens. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly settings: EngineSettings;
  /** Command of the Python interpreter that handlers run with; absent: it is looked for. */
  readonly python?: string;
}
