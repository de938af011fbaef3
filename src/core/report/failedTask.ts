/** One failed task as a completion report writes it, its fields as text. */
export interface FailedTask {
  readonly bucket: string;
  /** As written, that is form-encoded. */
  readonly key: string;
  /** Empty when the report has none. */
  readonly versionId: string;
  readonly httpStatus: number;
  readonly code: string;
  readonly message: string;
}

/** Whether the task is of a version: a report writes none as an empty field, or as `\N`. */
export function hasVersion({ versionId }: FailedTask): boolean {
  return versionId !== '' && versionId !== '\\N';
}
