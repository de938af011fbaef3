import { encodeRawCharacters } from '../keyEncoding.js';
import { type RowView, wholeField } from '../rowView.js';
import type { S3Uri } from '../s3Uri.js';
import { docPages } from './docPages.js';
import { finding, type RowEdit, type RowFix, type RowRule } from './rule.js';

export const s3UriField: RowRule = {
  id: 's3-uri',
  severity: 'error',
  description: 'A row names a bucket and a key in columns of their own, not an S3 URI or an ARN.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
  check(view) {
    const field = view.bucketUri !== undefined ? view.bucket : view.keyUri !== undefined ? view.key : undefined;
    if (field === undefined) return undefined;
    const what = /^arn:/i.test(field.value) ? 'an ARN' : 'an S3 URI';
    return finding(s3UriField, field, `This is ${what}. Bucket and key stand in columns of their own.`, {
      fixes: splitUri(view),
    });
  },
};

function splitUri(view: RowView): RowFix[] {
  if (view.bucketUri !== undefined) return splitBucketUri(view, view.bucketUri);
  return view.keyUri === undefined ? [] : splitKeyUri(view, view.keyUri);
}

function splitBucketUri(view: RowView, uri: S3Uri): RowFix[] {
  const { bucket, key, layout } = view;
  if (bucket === undefined || uri.bucket === '') return [];
  const whole = wholeField(view, bucket.index);
  const setBucket: RowEdit = { ...whole, text: uri.bucket };
  if (uri.key === undefined) return [fix('Keep the bucket name only', [setBucket])];
  const uriKey = encodeRawCharacters(uri.key);
  if (view.fields.length === 1 && !layout.isDeclared) {
    return [fix('Split into bucket and key', [{ ...whole, text: `${uri.bucket},${uriKey}` }])];
  }
  if (key === undefined) return [];
  const setKey = (text: string): RowEdit => ({ ...wholeField(view, key.index), text });
  if (key.value === '' || key.value === uri.key || key.value === uriKey) {
    return [fix('Split into bucket and key', [setBucket, setKey(uriKey)])];
  }
  const joined = `${uriKey.endsWith('/') ? uriKey : `${uriKey}/`}${encodeRawCharacters(key.value)}`;
  return [fix('Keep the bucket name only', [setBucket]), fix('Put the path before the key', [setBucket, setKey(joined)])];
}

function splitKeyUri(view: RowView, uri: S3Uri): RowFix[] {
  const { bucket, key } = view;
  if (key === undefined || uri.key === undefined || uri.bucket === '') return [];
  const edits: RowEdit[] = [{ ...wholeField(view, key.index), text: encodeRawCharacters(uri.key) }];
  if (bucket !== undefined && bucket.value !== uri.bucket) edits.push({ ...wholeField(view, bucket.index), text: uri.bucket });
  return [fix('Split into bucket and key', edits)];
}

function fix(title: string, edits: readonly RowEdit[]): RowFix {
  return { title, isCertain: false, edits };
}
