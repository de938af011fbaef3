import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';
import { isBucketName, isLegacyBucketName } from '../../core/manifest/rules/bucketName.js';
import { parseS3Uri } from '../../core/manifest/s3Uri.js';

export interface BucketPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * Asks for a bucket: one of a list that may never come, or what is typed, with a prefix after a slash if wanted. `load` may fail: not
 * everyone may list buckets.
 */
export async function askBucket(title: string, load: () => Promise<readonly string[]>): Promise<BucketPlace> {
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly place: BucketPlace }>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Bucket, or s3://bucket/prefix');
  picker.ignoreFocusOut = true;
  picker.busy = true;
  let names: readonly string[] = [];
  const show = (): void => {
    const typed = parsePlace(picker.value);
    const listed = names.filter((name) => name !== typed?.bucket || typed.prefix !== '');
    picker.items = [
      ...(typed === undefined ? [] : [{ label: typed.bucket, description: typed.prefix, alwaysShow: true, place: typed }]),
      ...listed.map((bucket) => ({ label: bucket, place: { bucket, prefix: '' } })),
    ];
  };
  void load().then(
    (found) => {
      names = found;
      picker.busy = false;
      show();
    },
    () => {
      // Typing is always possible; the listing itself will say what is wrong with the target.
      picker.busy = false;
      picker.placeholder = vscode.l10n.t('Type the bucket, or s3://bucket/prefix: the buckets could not be listed');
    },
  );
  picker.onDidChangeValue(show);
  try {
    return await new Promise<BucketPlace>((resolve, reject) => {
      picker.onDidAccept(() => {
        const [chosen] = picker.selectedItems;
        const place = chosen?.place ?? parsePlace(picker.value);
        if (place !== undefined) resolve(place);
      });
      picker.onDidHide(() => reject(cancelledError()));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

function parsePlace(text: string): BucketPlace | undefined {
  const trimmed = text.trim();
  const uri = parseS3Uri(trimmed) ?? parseS3Uri(`s3://${trimmed}`);
  if (uri === undefined || !(isBucketName(uri.bucket) || isLegacyBucketName(uri.bucket))) return undefined;
  return { bucket: uri.bucket, prefix: uri.key ?? '' };
}
