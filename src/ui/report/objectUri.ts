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

/** The read-only document of an object: `s3batch-object://<target>/<bucket>/<key>`. */
export function objectUri(targetId: string, bucket: string, key: string): vscode.Uri {
  return vscode.Uri.from({ scheme: objectScheme, authority: targetAuthority(targetId), path: `/${bucket}/${key}` });
}

export interface ObjectPlace {
  readonly targetId: string;
  readonly bucket: string;
  readonly key: string;
}

export function parseObjectUri(uri: vscode.Uri): ObjectPlace {
  const [, bucket = '', ...key] = uri.path.split('/');
  return { targetId: targetOfAuthority(uri.authority), bucket, key: key.join('/') };
}
