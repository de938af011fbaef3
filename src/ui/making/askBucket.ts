import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';
import { isBucketName, isLegacyBucketName } from '../../core/manifest/rules/bucketName.js';
import { parseS3Uri } from '../../core/manifest/s3Uri.js';

export interface BucketPlace {
  readonly bucket: string;
  readonly prefix: string;
}

interface BucketItem extends vscode.QuickPickItem {
  readonly place: BucketPlace;
}

/**
 * Asks for a bucket: one of a list that may never come, or what is typed, with a prefix after a slash if wanted. `load` may fail: not
 * everyone may list buckets.
 */
export async function askBucket(title: string, load: () => Promise<readonly string[]>): Promise<BucketPlace> {
  const picker = vscode.window.createQuickPick<BucketItem>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Bucket, or s3://bucket/prefix');
  picker.ignoreFocusOut = true;
  picker.busy = true;
  let names: readonly string[] = [];
  // VS Code says by its place in the list what was chosen, perhaps of a list that was replaced since by the next letter: so names keep
  // their places, and what is typed comes behind them.
  const show = (): void => {
    const typed = parsePlace(picker.value);
    const items: BucketItem[] = names.map((bucket) => ({ label: bucket, place: { bucket, prefix: '' } }));
    let wanted = items.find(({ place }) => typed?.prefix === '' && place.bucket === typed.bucket);
    if (typed !== undefined && wanted === undefined) {
      wanted = { label: typed.bucket, description: typed.prefix, alwaysShow: true, place: typed };
      items.push(wanted);
    }
    picker.items = items;
    if (wanted !== undefined) picker.activeItems = [wanted];
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
        const typed = parsePlace(picker.value);
        const isOfThisList = chosen !== undefined && (typed === undefined || chosen.place.bucket.includes(typed.bucket));
        const place = isOfThisList ? chosen.place : typed;
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
