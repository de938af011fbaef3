import { readCheckedText } from './integrity.js';
import { type S3Operation, xmlAnswer } from './s3Call.js';
import { readTagging, writeTagging } from './tagText.js';
import { versionHeader, versionOf } from './versionIds.js';

const maxTaggingBytes = 64 * 1024;

export const getObjectTagging: S3Operation = async (call) => {
  const info = await call.store.head(call.bucket, call.key, versionOf(call));
  return xmlAnswer(writeTagging(info.tags), versionHeader(call, info));
};

export const putObjectTagging: S3Operation = async (call) => {
  const { request, store, bucket, key } = call;
  const { text } = await readCheckedText(request, maxTaggingBytes);
  const info = await store.putTags({ bucket, key, versionId: versionOf(call) }, readTagging(text));
  return { status: 200, headers: versionHeader(call, info) };
};

export const deleteObjectTagging: S3Operation = async (call) => {
  const { store, bucket, key } = call;
  const info = await store.putTags({ bucket, key, versionId: versionOf(call) }, []);
  return { status: 204, headers: versionHeader(call, info) };
};
