import * as vscode from 'vscode';

export const objectScheme = 's3batch-object';
export const reportScheme = 's3batch-report';

/** The read-only document of an object: `s3batch-object://<target>/<bucket>/<key>`. */
export function objectUri(targetId: string, bucket: string, key: string): vscode.Uri {
  return vscode.Uri.from({ scheme: objectScheme, authority: targetId, path: `/${bucket}/${key}` });
}

export interface ObjectPlace {
  readonly targetId: string;
  readonly bucket: string;
  readonly key: string;
}

export function parseObjectUri(uri: vscode.Uri): ObjectPlace {
  const [, bucket = '', ...key] = uri.path.split('/');
  return { targetId: uri.authority, bucket, key: key.join('/') };
}
