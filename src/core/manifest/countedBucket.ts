import { type FieldView, isWellFormed, type RowView } from './rowView.js';

/** The bucket that a data row counts for; undefined when the row says nothing sure about one, as a row of the wrong shape. */
export function countedBucket(view: RowView): FieldView | undefined {
  const { bucket } = view;
  return bucket !== undefined && bucket.value !== '' && view.bucketUri === undefined && isWellFormed(view) ? bucket : undefined;
}
