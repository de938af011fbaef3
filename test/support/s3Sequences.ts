import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';

/** One S3 call of a random sequence. A version is named by its number: the order in which versions were first seen. */
export interface SequenceCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly version?: number;
}

/** What of an answer can be compared: status, error code, and the members that do not depend on time or chance. */
export interface SequenceAnswer {
  readonly status: number | undefined;
  readonly code?: string;
  readonly output?: unknown;
}

const commands: Readonly<Record<string, new (input: never) => never>> = {
  CopyObject: CopyObjectCommand as never,
  DeleteObject: DeleteObjectCommand as never,
  DeleteObjects: DeleteObjectsCommand as never,
  DeleteObjectTagging: DeleteObjectTaggingCommand as never,
  GetBucketVersioning: GetBucketVersioningCommand as never,
  GetObject: GetObjectCommand as never,
  GetObjectAcl: GetObjectAclCommand as never,
  GetObjectTagging: GetObjectTaggingCommand as never,
  HeadObject: HeadObjectCommand as never,
  ListObjectsV2: ListObjectsV2Command as never,
  ListObjectVersions: ListObjectVersionsCommand as never,
  PutBucketVersioning: PutBucketVersioningCommand as never,
  PutObject: PutObjectCommand as never,
  PutObjectAcl: PutObjectAclCommand as never,
  PutObjectTagging: PutObjectTaggingCommand as never,
};

const keys = ['a', 'b/c', 'b/d', 'e f+é'] as const;
const tagSets = ['', 'x=1', 'x=1&y=two%20words', 'z='] as const;

/** The calls of sequence number `seed`. */
export function makeSequence(seed: number, length: number): readonly SequenceCall[] {
  const random = createRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const version = (): { version?: number } => (random() < 0.3 ? { version: Math.floor(random() * 8) } : {});
  const tagSet = (): { Key: string; Value: string }[] =>
    [...new URLSearchParams(pick(tagSets))].map(([Key, Value]) => ({ Key, Value }));
  const makers: readonly (readonly [weight: number, make: () => SequenceCall])[] = [
    [
      7,
      () => ({
        name: 'PutObject',
        input: {
          Key: pick(keys),
          Body: pick(['', 'one', 'two', '0123456789']),
          ContentType: pick(['text/plain', 'application/json']),
          Metadata: pick([{}, { m: '1' }, { m: '2', n: 'long value' }]),
          ...pick([{}, {}, { Tagging: pick(tagSets) }]),
          ...pick([{}, {}, { StorageClass: pick(['STANDARD', 'STANDARD_IA']) }]),
          ...pick([{}, {}, {}, { IfNoneMatch: '*' }]),
          ...pick([{}, {}, {}, { CacheControl: 'no-cache' }]),
        },
      }),
    ],
    [
      4,
      () => ({
        name: 'GetObject',
        input: { Key: pick(keys), ...pick([{}, {}, { Range: 'bytes=1-2' }, { IfMatch: '"f97c5d29941bfb1b2fdab0874906ab82"' }]) },
        ...version(),
      }),
    ],
    [2, () => ({ name: 'HeadObject', input: { Key: pick(keys) }, ...version() })],
    [3, () => ({ name: 'DeleteObject', input: { Key: pick(keys) }, ...version() })],
    [1, () => ({ name: 'DeleteObjects', input: { Delete: { Objects: [{ Key: 'a' }, { Key: pick(['b/c', 'none']) }] } } })],
    [
      3,
      () => ({
        name: 'CopyObject',
        input: {
          Key: pick(keys),
          source: pick(keys),
          ...pick([{}, { MetadataDirective: 'REPLACE', Metadata: { copied: 'yes' }, ContentType: 'text/x' }]),
          ...pick([{}, {}, { TaggingDirective: 'REPLACE', Tagging: pick(tagSets) }]),
        },
        ...version(),
      }),
    ],
    [2, () => ({ name: 'PutObjectTagging', input: { Key: pick(keys), Tagging: { TagSet: tagSet() } }, ...version() })],
    [2, () => ({ name: 'GetObjectTagging', input: { Key: pick(keys) }, ...version() })],
    [1, () => ({ name: 'DeleteObjectTagging', input: { Key: pick(keys) }, ...version() })],
    [
      1,
      () => ({ name: 'PutObjectAcl', input: { Key: pick(keys), ACL: pick(['private', 'public-read', 'authenticated-read']) } }),
    ],
    [1, () => ({ name: 'GetObjectAcl', input: { Key: pick(keys) } })],
    [
      2,
      () => ({
        name: 'ListObjectsV2',
        input: pick([{}, { Prefix: 'b/' }, { Delimiter: '/' }, { MaxKeys: 2 }, { StartAfter: 'a' }]),
      }),
    ],
    [2, () => ({ name: 'ListObjectVersions', input: pick([{}, { Prefix: 'b/' }, { Delimiter: '/' }]) })],
    [
      2,
      () => ({
        name: 'PutBucketVersioning',
        input: { VersioningConfiguration: { Status: pick(['Enabled', 'Enabled', 'Suspended']) } },
      }),
    ],
    [1, () => ({ name: 'GetBucketVersioning', input: {} })],
  ];
  const bag = makers.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return Array.from({ length }, () => pick(bag)());
}

/** One side of a comparison: a bucket of its own, and the versions it has shown, numbered. */
export class SequenceSide {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #versions: string[] = [];

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async prepare(): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: this.#bucket, ObjectOwnership: 'ObjectWriter' }));
  }

  async call(call: SequenceCall): Promise<SequenceAnswer> {
    const { source, ...input } = call.input;
    const versionId = call.version === undefined ? undefined : this.#versions[call.version];
    const versionText = versionId === undefined ? '' : `?versionId=${versionId}`;
    const version = versionId === undefined || source !== undefined ? {} : { VersionId: versionId };
    const copy = typeof source === 'string' ? { CopySource: `${this.#bucket}/${encodeURIComponent(source)}${versionText}` } : {};
    const Command = commands[call.name];
    if (Command === undefined) throw new Error(`no such call: ${call.name}`);
    try {
      const output = (await this.#client.send(
        new Command({ Bucket: this.#bucket, ...input, ...version, ...copy } as never) as never,
      )) as unknown as Record<string, unknown> & { $metadata: { httpStatusCode?: number } };
      const body = output['Body'] as { transformToString(): Promise<string> } | undefined;
      const text = body === undefined ? {} : { Body: await body.transformToString() };
      return { status: output.$metadata.httpStatusCode, output: this.#comparable({ ...output, ...text }) };
    } catch (error) {
      const { name, $metadata } = error as S3ServiceException;
      return { status: $metadata?.httpStatusCode, code: name };
    }
  }

  /** Members in the order of their names, version ids as numbers, without what differs from run to run or from owner to owner. */
  #comparable(value: unknown, member = ''): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#comparable(item));
    if (member.endsWith('VersionId') && typeof value === 'string') return this.#numberOf(value);
    if (value instanceof Date) return 'a date';
    if (typeof value !== 'object' || value === null) return value === this.#bucket ? 'the bucket' : value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, item]) => item !== undefined && !ignored.has(name))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [name, this.#comparable(item, name)]),
    );
  }

  #numberOf(versionId: string): string {
    if (versionId === 'null') return 'null';
    const known = this.#versions.indexOf(versionId);
    return `v${known >= 0 ? known : this.#versions.push(versionId) - 1}`;
  }
}

const ignored: ReadonlySet<string> = new Set(['$metadata', 'Owner', 'ID', 'DisplayName', 'LastModified', 'RequestCharged']);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
