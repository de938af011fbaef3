import { type BucketSettings, objectOwnerships } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml, type XmlElement } from '../xml/parseXml.js';
import { childrenNamed, childText, onlyChild } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { checkBucketAcl } from './aclCalls.js';
import { readCheckedText } from './integrity.js';
import { readReplication } from './replicationText.js';
import { type S3Call, type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';

const maxSettingBytes = 512 * 1024;

/** Every bucket has a default encryption, AES256 unless set. Source: S3 User Guide, default-bucket-encryption. */
export const getBucketEncryption: S3Operation = async ({ store, bucket }) => {
  const { encryption = { algorithm: 'AES256' } } = await store.bucketInfo(bucket);
  const keyId = encryption.algorithm === 'AES256' ? undefined : encryption.kmsKeyId;
  const rule = xmlElement('Rule', [
    xmlElement('ApplyServerSideEncryptionByDefault', [
      xmlElement('SSEAlgorithm', encryption.algorithm),
      ...(keyId === undefined ? [] : [xmlElement('KMSMasterKeyID', keyId)]),
    ]),
    xmlElement('BucketKeyEnabled', encryption.algorithm !== 'AES256' && encryption.isBucketKeyEnabled === true),
  ]);
  return xmlAnswer(xmlDocument(xmlElement('ServerSideEncryptionConfiguration', [rule], s3Namespace)));
};

export const putBucketEncryption: S3Operation = async (call) => {
  const encryption = readDefaultEncryption(await readRoot(call, 'ServerSideEncryptionConfiguration'));
  await call.store.changeBucket(call.bucket, (settings) => ({ ...settings, encryption }));
  return { status: 200 };
};

export const deleteBucketEncryption: S3Operation = async ({ store, bucket }) => {
  await store.changeBucket(bucket, ({ encryption: _before, ...settings }) => settings);
  return { status: 204 };
};

function readDefaultEncryption(root: XmlElement): NonNullable<BucketSettings['encryption']> {
  const rule = onlyChild(root, 'Rule');
  const byDefault = rule && onlyChild(rule, 'ApplyServerSideEncryptionByDefault');
  if (rule === undefined || byDefault === undefined) throw malformedXml();
  const algorithm = childText(byDefault, 'SSEAlgorithm');
  const kmsKeyId = childText(byDefault, 'KMSMasterKeyID');
  const isBucketKeyEnabled = childText(rule, 'BucketKeyEnabled') === 'true';
  if (algorithm === 'AES256') {
    if (kmsKeyId === undefined) return { algorithm };
    throw invalidArgument(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      'ApplyServerSideEncryptionByDefault',
      kmsKeyId,
    );
  }
  if (algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') throw malformedXml();
  return { algorithm, ...(kmsKeyId === undefined ? {} : { kmsKeyId }), ...(isBucketKeyEnabled ? { isBucketKeyEnabled } : {}) };
}

export const getOwnershipControls: S3Operation = async ({ store, bucket }) => {
  const { ownership = 'BucketOwnerEnforced' } = await store.bucketInfo(bucket);
  const rule = xmlElement('Rule', [xmlElement('ObjectOwnership', ownership)]);
  return xmlAnswer(xmlDocument(xmlElement('OwnershipControls', [rule], s3Namespace)));
};

export const putOwnershipControls: S3Operation = async (call) => {
  const rules = childrenNamed(await readRoot(call, 'OwnershipControls'), 'Rule');
  const [rule] = rules;
  const text = rule === undefined ? undefined : childText(rule, 'ObjectOwnership');
  const ownership = objectOwnerships.find((name) => name === text);
  if (rules.length !== 1 || ownership === undefined) throw malformedXml();
  await call.store.changeBucket(call.bucket, (settings) => {
    const changed = { ...settings, ownership };
    checkBucketAcl(changed);
    return changed;
  });
  return { status: 200 };
};

/** Without ownership controls a bucket is as before they existed: objects belong to who writes them. */
export const deleteOwnershipControls: S3Operation = async ({ store, bucket }) => {
  await store.changeBucket(bucket, (settings) => ({ ...settings, ownership: 'ObjectWriter' }));
  return { status: 204 };
};

export const getBucketReplication: S3Operation = async ({ store, bucket }) => {
  const { replication } = await store.bucketInfo(bucket);
  if (replication === undefined) {
    throw new ServiceError(404, 'ReplicationConfigurationNotFoundError', 'The replication configuration was not found', {
      BucketName: bucket,
    });
  }
  return xmlAnswer(xmlDocument(replication.xml));
};

/** Both sides must be versioned. Source: S3 User Guide, replication-requirements. */
export const putBucketReplication: S3Operation = async (call) => {
  const { store, bucket } = call;
  const replication = readReplication(await readRoot(call, 'ReplicationConfiguration'));
  for (const { bucket: destination } of replication.rules) {
    if (!(await store.hasBucket(destination))) throw invalidRequest('Destination bucket must exist.');
    if (store.buckets.settings(destination).versioning !== 'Enabled') {
      throw invalidRequest('Destination bucket must have versioning enabled.');
    }
  }
  await store.changeBucket(bucket, (settings) => {
    if (settings.versioning !== 'Enabled') {
      throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    }
    return { ...settings, replication };
  });
  return { status: 200 };
};

export const deleteBucketReplication: S3Operation = async ({ store, bucket }) => {
  await store.changeBucket(bucket, ({ replication: _before, ...settings }) => settings);
  return { status: 204 };
};

async function readRoot({ request, store, bucket }: S3Call, name: string): Promise<XmlElement> {
  await store.requireBucket(bucket);
  const { text } = await readCheckedText(request, maxSettingBytes);
  const root = parseXml(text);
  if (root.name !== name) throw malformedXml();
  return root;
}
