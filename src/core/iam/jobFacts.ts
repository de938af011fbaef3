/** What the policies of a job depend on and a job file does not say. Everything may be left out. */
export interface JobFacts {
  /** Names of the buckets whose objects the manifest lists. */
  readonly buckets?: readonly string[];
  /** Do the rows name versions? Needed only when the manifest is an inventory. */
  readonly hasVersions?: boolean;
  /** Region of the job; needed only when the job names a function or a key without Region. */
  readonly region?: string;
  /** KMS keys (ARN, id or alias) that the objects are encrypted with. */
  readonly objectKeys?: readonly string[];
  /** KMS keys (ARN, id or alias) that an inventory manifest is encrypted with. */
  readonly manifestKeys?: readonly string[];
  /** Account ids (12 digits) by bucket name, for buckets of other accounts. */
  readonly owners?: Readonly<Record<string, string>>;
  /** Data files of an inventory manifest, as keys in the manifest's bucket. */
  readonly inventoryFiles?: readonly string[];
}

/** Something that must be known before a policy can be written. */
export interface PolicyGap {
  readonly code: 'objects-bucket-unknown' | 'region-unknown' | 'no-operation' | 'no-role';
  /** What is missing. */
  readonly message: string;
}
