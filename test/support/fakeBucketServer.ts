import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker?: boolean;
  readonly size?: number;
}

/** A bucket whose pages are as small as a test wants, and which fails or falls silent when told. Answers the two list calls of S3. */
export class FakeBucketServer {
  readonly #server: Server;
  /** Answers until the next one fails with 403, or is never given; undefined for never. */
  failsAfter: number | undefined;
  hangsAfter: number | undefined;
  answers = 0;
  onHang: () => void = () => undefined;

  private constructor(versions: readonly FakeVersion[], pageSize: number) {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (this.hangsAfter === this.answers) {
        this.onHang();
        return;
      }
      if (this.failsAfter === this.answers) {
        answer(response, 403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
        return;
      }
      this.answers += 1;
      answer(response, 200, listing(versions, pageSize, url.searchParams));
    });
  }

  static async start(versions: readonly FakeVersion[], pageSize: number): Promise<FakeBucketServer> {
    const fake = new FakeBucketServer(versions, pageSize);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}

function listing(versions: readonly FakeVersion[], pageSize: number, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const isOfVersions = query.has('versions');
  const all = versions.filter(
    (item) => item.key.startsWith(prefix) && (isOfVersions || (item.isLatest && item.isDeleteMarker !== true)),
  );
  const marker = query.get('key-marker');
  const token = query.get('continuation-token') ?? query.get('start-after');
  let from = 0;
  if (isOfVersions && marker !== null) {
    from = all.findIndex((item) => item.key === marker && item.versionId === query.get('version-id-marker')) + 1;
  } else if (token !== null) from = all.findIndex((item) => item.key === token) + 1;
  const page = all.slice(from, from + pageSize);
  const last = page.at(-1);
  const isTruncated = from + pageSize < all.length;
  const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
  const entry = (item: FakeVersion): string => {
    const tag = isOfVersions ? (item.isDeleteMarker === true ? 'DeleteMarker' : 'Version') : 'Contents';
    return `<${tag}><Key>${encode(item.key)}</Key><VersionId>${item.versionId}</VersionId><IsLatest>${item.isLatest}</IsLatest><LastModified>2026-01-31T00:00:00.000Z</LastModified><Size>${item.size ?? 1}</Size></${tag}>`;
  };
  const next = isOfVersions
    ? `<NextKeyMarker>${encode(last?.key ?? '')}</NextKeyMarker><NextVersionIdMarker>${last?.versionId}</NextVersionIdMarker>`
    : `<NextContinuationToken>${last?.key}</NextContinuationToken>`;
  const tag = isOfVersions ? 'ListVersionsResult' : 'ListBucketResult';
  return `<?xml version="1.0"?><${tag}><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? next : ''}${page.map(entry).join('')}</${tag}>`;
}
