import type { StructureShape } from './shape.js';

/** One entry of the catalogue. Everything that the product knows about an operation is here or derived from it (design 4). */
export interface OperationDefinition {
  /** The member of JobOperation, which is also the OperationName that ListJobs returns. */
  readonly name: string;
  /** The console's label. */
  readonly label: string;
  /** One sentence: what it does to each object. */
  readonly doc: string;
  /** The AWS documentation page. */
  readonly docUrl: string;
  readonly parameters: StructureShape;
  /** Defaults that the wizard offers; keys are member names of `parameters`. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The Region that the job belongs in. */
  readonly jobRegion: 'objects' | 'destination';
  /** True when all rows of the manifest must name one bucket. */
  readonly isOneBucketOnly: boolean;
  /** Documented limit of objects in one job. */
  readonly maxObjects: number;
  /** Rules that one shape can't express, such as "UserArguments needs schema 2.0". Paths are relative to the operation's structure. */
  readonly check?: (
    parameters: Readonly<Record<string, unknown>>,
  ) => readonly { path: string; message: string; severity: 'error' | 'warning' }[];
}
