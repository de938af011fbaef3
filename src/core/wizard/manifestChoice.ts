/** The manifest that a job is made for: a file that is uploaded at submit, an object that is in S3 already, or one that the service makes. */
export type ManifestChoice =
  | {
      readonly kind: 'file';
      /** URI of the document, as text. */
      readonly uri: string;
      /** File name, for people. */
      readonly name: string;
      /** Columns of its first row; undefined when it could not be read. */
      readonly columnCount?: number;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly key: string;
      /** A version other than the current one, as of a job that is made again. Its ETag can't be looked up and is kept. */
      readonly version?: { readonly id: string; readonly etag?: string };
    }
  /** None: the service lists the objects itself. */
  | { readonly kind: 'generated' };

export function isManifestChoice(value: unknown): value is ManifestChoice {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  return kind === 'file' || kind === 's3' || kind === 'generated';
}

/** `s3://bucket/key`; undefined for anything else, also without a key. */
export function parseS3Uri(text: string): { readonly bucket: string; readonly key: string } | undefined {
  const match = /^s3:\/\/([^/\s]+)\/(.+)$/i.exec(text.trim());
  const [, bucket, key] = match ?? [];
  return bucket === undefined || key === undefined || key.endsWith('/') ? undefined : { bucket, key };
}

/** S3 Inventory names the list of its files so; a job takes it as the manifest. */
export function isInventoryManifest(choice: ManifestChoice): boolean {
  return choice.kind === 's3' && /(^|\/)manifest\.json$/.test(choice.key);
}
