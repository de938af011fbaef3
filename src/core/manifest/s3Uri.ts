export interface S3Uri {
  readonly bucket: string;
  /** Raw, not URL-encoded; undefined when the URI names a bucket only. */
  readonly key: string | undefined;
}

const forms = [/^s3:\/\/([^/]*)(?:\/(.*))?$/is, /^arn:[^:]*:s3:::([^/]*)(?:\/(.*))?$/is];

/** Reads `s3://bucket/key` and `arn:aws:s3:::bucket/key`; undefined when the text is neither. */
export function parseS3Uri(text: string): S3Uri | undefined {
  for (const form of forms) {
    const match = form.exec(text);
    if (match !== null) return { bucket: match[1] ?? '', key: match[2] === '' ? undefined : match[2] };
  }
  return undefined;
}
