import type { CrashedTask } from './crashedTask.js';
import type { EngineSettings, EnvironmentOptions, FunctionDefinition } from '../contracts.js';

/** Which column of the manifest holds what; 0-based. */
export interface ManifestColumns {
  readonly count: number;
  readonly bucket: number;
  readonly key: number;
  readonly versionId: number | undefined;
}

/** What is known of a pinned manifest once it was checked. */
export interface ManifestLayout {
  readonly rows: number;
  /** Every chunk but the last has exactly so many rows: a row's number is `chunk * rowsPerChunk + ordinal`. */
  readonly rowsPerChunk: number;
  readonly columns: ManifestColumns;
}

/** LambdaInvoke with all that a lane needs to perform it. */
export interface LambdaPlan {
  readonly operation: 'LambdaInvoke';
  readonly functionArn: string;
  readonly schemaVersion: '1.0' | '2.0';
  readonly userArguments?: Readonly<Record<string, string>>;
  /** null when there is no such function: then every task fails, as on the service. */
  readonly definition: FunctionDefinition | null;
  readonly environment: Omit<EnvironmentOptions, 'onOutput'>;
}

/** Which results the task log keeps a report row for. `none`: only that the task was done, and how it ended. */
export type ReportRows = 'all' | 'failed' | 'none';

/** What a run of any operation needs to know. */
export interface JobPlan {
  readonly jobId: string;
  /** Counts the starts of this job's run hosts; part of the log files' names, so that no two hosts ever write one file. */
  readonly generation: number;
  /** The job's folder. */
  readonly directory: string;
  readonly layout: ManifestLayout;
  readonly settings: EngineSettings;
  readonly reportRows: ReportRows;
  /** Absent: no faults are made, see `withFaults`. */
  readonly chaosSeed?: number;
}

/** Everything a run host is told, as JSON over its IPC channel (never by argument: it holds the engine's keys). */
export interface RunPlan extends JobPlan {
  readonly work: LambdaPlan;
  /** One task at a time, each noted before it is begun. */
  readonly isCareful?: boolean;
  /** The task that ended the host before this one: it gets its result first. */
  readonly crashed?: CrashedTask;
}

export type HostCommand =
  { readonly kind: 'start'; readonly plan: RunPlan } | { readonly kind: 'stop'; readonly isCancel: boolean };

export interface TaskCounts {
  readonly succeeded: number;
  readonly failed: number;
}

export type HostEvent =
  | ({ readonly kind: 'progress'; readonly lanes: number } & TaskCounts)
  /** `finished`: every row has its result. `stopped`: as asked. `threshold`: too many tasks failed. */
  | ({ readonly kind: 'ended'; readonly reason: 'finished' | 'stopped' | 'threshold' } & TaskCounts)
  /** The run can't go on: the journal can't be written, or lanes can't be started. */
  | { readonly kind: 'broken'; readonly message: string };
