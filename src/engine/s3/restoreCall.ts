import { restoreTiers } from '../objectStore.js';
import { malformedXml, parseXml } from '../xml/parseXml.js';
import { childText, onlyChild } from '../xml/readElement.js';
import { readCheckedText } from './integrity.js';
import type { S3Operation } from './s3Call.js';
import { notImplemented } from './s3Errors.js';
import { versionOf } from './versionIds.js';

const maxRestoreBytes = 64 * 1024;

/** 202 for a restore that begins, 200 for one that is there already and stays longer. Source: S3 API Reference, RestoreObject. */
export const restoreObject: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const { text } = await readCheckedText(request, maxRestoreBytes);
  const root = parseXml(text);
  if (root.name !== 'RestoreRequest') throw malformedXml();
  for (const name of ['Type', 'SelectParameters', 'OutputLocation']) {
    if (onlyChild(root, name) !== undefined) throw notImplemented(`${name} of RestoreObject`);
  }
  const days = childText(root, 'Days');
  if (days !== undefined && !/^-?\d{1,9}$/.test(days)) throw malformedXml();
  const parameters = onlyChild(root, 'GlacierJobParameters');
  const named = (parameters === undefined ? undefined : childText(parameters, 'Tier')) ?? childText(root, 'Tier');
  const tier = restoreTiers.find((name) => name === named);
  if (named !== undefined && tier === undefined) throw malformedXml();
  const address = { bucket, key, versionId: versionOf(call) };
  const outcome = await store.restore(address, { days: days === undefined ? undefined : Number(days), tier });
  return { status: outcome === 'accepted' ? 202 : 200 };
};
