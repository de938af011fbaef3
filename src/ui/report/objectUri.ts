import * as vscode from 'vscode';

export const objectScheme = 's3batch-object';
export const reportScheme = 's3batch-report';

/** A target's id as the authority of a URI, which knows neither case nor colons: what is not `a-z0-9-.` is `_`, its code in hex, `_`. */
export function targetAuthority(targetId: string): string {
  return targetId.replaceAll(/[^a-z0-9.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
}

export function targetOfAuthority(authority: string): string {
  return authority.replaceAll(/_([0-9a-f]+)_/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}

/** The read-only document of an object: `s3batch-object://<target>/<bucket>/<key>?<version>`, the current version without the last. */
export function objectUri({ targetId, bucket, key, versionId = '' }: ObjectPlace): vscode.Uri {
  return vscode.Uri.from({
    scheme: objectScheme,
    authority: targetAuthority(targetId),
    path: `/${bucket}/${key}`,
    query: versionId,
  });
}

export interface ObjectPlace {
  readonly targetId: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export function parseObjectUri(uri: vscode.Uri): ObjectPlace {
  const [, bucket = '', ...key] = uri.path.split('/');
  const versionId = uri.query === '' ? undefined : uri.query;
  return { targetId: targetOfAuthority(uri.authority), bucket, key: key.join('/'), versionId };
}
