import type { BucketSettings, DefaultRetention, Retention } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml, type XmlElement } from '../xml/parseXml.js';
import { childText, onlyChild } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { readCheckedText } from './integrity.js';
import { readMode, readRetention } from './lockHeaders.js';
import { checkLockEnabled } from './lockRules.js';
import { type S3Call, type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';
import { versionHeader, versionOf } from './versionIds.js';

const maxLockBytes = 64 * 1024;
/** Source: S3 User Guide, object-lock-managing: 100 years. */
const maxAmounts = { Days: 36_500, Years: 100 } as const;

export const getObjectLockConfiguration: S3Operation = async ({ store, bucket }) => {
  const { objectLock } = await store.bucketInfo(bucket);
  if (objectLock === undefined) {
    throw new ServiceError(
      404,
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      { BucketName: bucket },
    );
  }
  const { defaultRetention } = objectLock;
  const rule =
    defaultRetention === undefined
      ? []
      : [
          xmlElement('Rule', [
            xmlElement('DefaultRetention', [
              xmlElement('Mode', defaultRetention.mode),
              xmlElement(defaultRetention.unit, defaultRetention.amount),
            ]),
          ]),
        ];
  const children = [xmlElement('ObjectLockEnabled', 'Enabled'), ...rule];
  return xmlAnswer(xmlDocument(xmlElement('ObjectLockConfiguration', children, s3Namespace)));
};

/** Source: S3 API Reference, PutObjectLockConfiguration: on existing buckets too, when they are versioned. */
export const putObjectLockConfiguration: S3Operation = async (call) => {
  await call.store.requireBucket(call.bucket);
  const root = await readRoot(call, 'ObjectLockConfiguration');
  if (childText(root, 'ObjectLockEnabled') !== 'Enabled') throw malformedXml();
  const defaultRetention = readDefaultRetention(onlyChild(root, 'Rule'));
  await call.store.changeBucket(call.bucket, (settings): BucketSettings => {
    if (settings.versioning !== 'Enabled') {
      throw new ServiceError(
        409,
        'InvalidBucketState',
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      );
    }
    return { ...settings, objectLock: defaultRetention === undefined ? {} : { defaultRetention } };
  });
  return { status: 200 };
};

function readDefaultRetention(rule: XmlElement | undefined): DefaultRetention | undefined {
  if (rule === undefined) return undefined;
  const retention = onlyChild(rule, 'DefaultRetention');
  const mode = retention === undefined ? undefined : childText(retention, 'Mode');
  const [days, years] = retention === undefined ? [] : [childText(retention, 'Days'), childText(retention, 'Years')];
  if (mode === undefined || (days === undefined) === (years === undefined)) throw malformedXml();
  const unit = days === undefined ? 'Years' : 'Days';
  const text = days ?? years ?? '';
  if (!/^-?\d{1,9}$/.test(text)) throw malformedXml();
  const amount = Number(text);
  if (amount < 1) throw invalidArgument('Default retention period must be a positive integer value.', unit, text);
  if (amount > maxAmounts[unit]) throw invalidArgument('Default retention period too large', unit, text);
  return { mode: readMode(mode), amount, unit };
}

export const getObjectRetention: S3Operation = async (call) => {
  const { retention } = await lockedObject(call);
  if (retention === undefined) throw noLockOnObject();
  const children = [
    xmlElement('Mode', retention.mode),
    xmlElement('RetainUntilDate', new Date(retention.retainUntilMs).toISOString()),
  ];
  return xmlAnswer(xmlDocument(xmlElement('Retention', children, s3Namespace)));
};

export const putObjectRetention: S3Operation = async (call) => {
  const { store, bucket, key } = call;
  const root = await readRoot(call, 'Retention');
  const [mode, date] = [childText(root, 'Mode'), childText(root, 'RetainUntilDate')];
  if ((mode === undefined) !== (date === undefined)) throw malformedXml();
  const retention: Retention | undefined = mode === undefined || date === undefined ? undefined : readRetention(mode, date);
  const info = await store.putRetention({ bucket, key, versionId: versionOf(call) }, retention, bypassesGovernance(call));
  return { status: 200, headers: versionHeader(call, info) };
};

export const getObjectLegalHold: S3Operation = async (call) => {
  const { hasLegalHold } = await lockedObject(call);
  if (hasLegalHold === undefined) throw noLockOnObject();
  const children = [xmlElement('Status', hasLegalHold ? 'ON' : 'OFF')];
  return xmlAnswer(xmlDocument(xmlElement('LegalHold', children, s3Namespace)));
};

export const putObjectLegalHold: S3Operation = async (call) => {
  const { store, bucket, key } = call;
  const status = childText(await readRoot(call, 'LegalHold'), 'Status');
  if (status !== 'ON' && status !== 'OFF') throw malformedXml();
  const info = await store.putLegalHold({ bucket, key, versionId: versionOf(call) }, status === 'ON');
  return { status: 200, headers: versionHeader(call, info) };
};

export function bypassesGovernance({ request }: Pick<S3Call, 'request'>): boolean {
  return request.headers['x-amz-bypass-governance-retention']?.toLowerCase() === 'true';
}

async function lockedObject(call: S3Call): Promise<{ retention: Retention | undefined; hasLegalHold: boolean | undefined }> {
  const { store, bucket, key } = call;
  await store.requireBucket(bucket);
  checkLockEnabled(store.buckets.settings(bucket));
  return store.head(bucket, key, versionOf(call));
}

async function readRoot({ request }: S3Call, name: string): Promise<XmlElement> {
  const { text } = await readCheckedText(request, maxLockBytes);
  const root = parseXml(text);
  if (root.name !== name) throw malformedXml();
  return root;
}

function noLockOnObject(): ServiceError {
  return new ServiceError(404, 'NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration');
}
