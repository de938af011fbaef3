/** A job as commands and tree items name it. A tree element that has these members can be passed to every job command as it stands. */
export interface JobReference {
  /** `Target.id`. */
  readonly targetId: string;
  readonly jobId: string;
}
