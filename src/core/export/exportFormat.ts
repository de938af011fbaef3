/** What every format is made of. */
export interface ExportedJob {
  /** CreateJobRequest as JSON, complete but for the ETag of a manifest that is uploaded, and without a token. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Uploaded before the job is created: the file's path as the job file has it, and where it goes. */
  readonly upload?: { readonly path: string; readonly bucket: string; readonly key: string };
  readonly accountId: string;
  /** One line: what the job is for. */
  readonly title: string;
}

export interface ExportFormat {
  /** What the person chooses from, in the field's own words. */
  readonly label: string;
  /** Ending of a file's name, with its dot. */
  readonly extension: string;
  /** VS Code's name of the language. */
  readonly language: string;
  readonly write: (job: ExportedJob) => string;
}
