import assert from 'node:assert/strict';
import { test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { engineFor } from '../../support/engineHarness.js';
import { noMoto, startMoto } from '../../support/moto.js';
import { proofRuns } from '../../support/proofRuns.js';
import { makeSequence, type SequenceAnswer, type SequenceCall, SequenceSide } from '../../support/s3Sequences.js';

/** Where moto 5.2 differs from the engine, and why the engine is right. */
interface Explanation {
  readonly reason: string;
  /** The two no longer hold the same objects: the sequence ends here. */
  readonly isDiverging?: boolean;
  fits(call: SequenceCall, ours: SequenceAnswer, theirs: SequenceAnswer): boolean;
}

/** Members that are not compared, with the reason. */
const notCompared: Readonly<Record<string, string>> = {
  ServerSideEncryption: 'S3 names the encryption of every object since January 2023, moto only one that was asked for',
  ChecksumAlgorithm: 'S3 names it in listings since 2022, moto never in those of versions',
  NextContinuationToken: 'opaque',
  ChecksumType: 'S3 names the type with every checksum, moto never',
};

const explanations: readonly Explanation[] = [
  {
    reason: 'moto fails with 500 where there is no object, or no such version, to remove the tags of',
    fits: ({ name }, ours, theirs) => name === 'DeleteObjectTagging' && (ours.status ?? 0) >= 400 && theirs.status === 500,
  },
  {
    reason: 'moto makes no delete marker for a key that does not exist; S3 does in a versioned bucket',
    isDiverging: true,
    fits: ({ name }, ours, theirs) =>
      name === 'DeleteObject' && ours.status === 204 && hasMember(ours, 'DeleteMarker') && !hasMember(theirs, 'DeleteMarker'),
  },
  {
    reason: 'moto fails with 500 on an empty tag set',
    isDiverging: true,
    fits: ({ name, input }, ours, theirs) =>
      name === 'PutObjectTagging' &&
      JSON.stringify(input).includes('"TagSet":[]') &&
      ours.status === 200 &&
      theirs.status === 500,
  },
  {
    reason: 'S3 names the version whose tags were changed, moto does not',
    fits: ({ name }, ours, theirs) =>
      (name === 'PutObjectTagging' || name === 'DeleteObjectTagging') &&
      ours.status === theirs.status &&
      hasMember(ours, 'VersionId') &&
      !hasMember(theirs, 'VersionId'),
  },
  {
    reason: 'moto fails with 500 when DeleteObjects meets delete markers of a bucket whose versioning is suspended',
    isDiverging: true,
    fits: ({ name }, ours, theirs) => name === 'DeleteObjects' && ours.status === 200 && theirs.status === 500,
  },
  {
    reason: 'moto finds no version where S3 documents 405 for a delete marker named by its version',
    fits: ({ version }, ours, theirs) =>
      version !== undefined && ours.code === 'MethodNotAllowed' && theirs.code === 'NoSuchVersion',
  },
  {
    reason: 'a change of a deleted object is 405 in S3; moto says so for tags only, and finds no key for ACLs',
    fits: ({ name }, ours, theirs) => name === 'PutObjectAcl' && ours.code === 'MethodNotAllowed' && theirs.code === 'NoSuchKey',
  },
  {
    reason: 'moto keeps the tags of the object that a copy without tags has replaced',
    isDiverging: true,
    fits: ({ name }, ours, theirs) =>
      ['GetObjectTagging', 'HeadObject', 'GetObject'].includes(name) &&
      compared(theirs, ['TagSet', 'TagCount']) === compared(ours, ['TagSet', 'TagCount']) &&
      !/"TagCount"|"TagSet":\[\{/.test(JSON.stringify(ours)),
  },
  {
    reason: 'moto lists the common prefix of keys that are deleted',
    fits: ({ name }, ours, theirs) =>
      name === 'ListObjectsV2' &&
      hasMember(theirs, 'CommonPrefixes') &&
      !hasMember(ours, 'CommonPrefixes') &&
      compared(theirs, ['CommonPrefixes', 'KeyCount']) === compared(ours, ['CommonPrefixes', 'KeyCount']),
  },
  {
    reason: 'moto forgets all older versions of a key that is written while versioning is suspended',
    isDiverging: true,
    fits: ({ name }, ours, theirs) =>
      name === 'ListObjectVersions' &&
      JSON.stringify(ours).includes('"IsLatest":false') &&
      latestOnly(ours) === latestOnly(theirs),
  },
  {
    reason: 'moto does not tell of the delete markers that DeleteObjects makes, and makes none for keys that do not exist',
    isDiverging: true,
    fits: ({ name }, ours, theirs) =>
      name === 'DeleteObjects' &&
      ours.status === 200 &&
      theirs.status === 200 &&
      JSON.stringify(ours).includes('"DeleteMarker":true'),
  },
];

function hasMember({ output }: SequenceAnswer, name: string): boolean {
  return typeof output === 'object' && output !== null && name in output;
}

/** A listing without the versions that a later one covers. */
function latestOnly(answer: SequenceAnswer): string {
  return JSON.stringify(JSON.parse(compared(answer)), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((item: { IsLatest?: boolean }) => item.IsLatest !== false) : value,
  );
}

/** Without the members that are not compared, and these others, at any depth. */
function compared(answer: SequenceAnswer, others: readonly string[] = []): string {
  return JSON.stringify(answer, (name, value: unknown) => {
    // moto names the null version in listings only, S3 wherever a bucket is or was versioned.
    const isNullVersion = value === 'null' && /^(?:CopySource)?VersionId$/.test(name);
    return Object.hasOwn(notCompared, name) || others.includes(name) || isNullVersion ? undefined : value;
  });
}

test('random sequences of calls are answered as moto answers them', { skip: noMoto }, async (t) => {
  const moto = await startMoto();
  t.after(() => moto.stop());
  const ours = (await engineFor(t)).client();
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const theirs = new S3Client({
    endpoint: moto.endpoint,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  t.after(() => theirs.destroy());
  const unexplained: string[] = [];
  const explained = new Map<string, number>();
  let calls = 0;
  for (let seed = 1; seed <= proofRuns(30, 500); seed += 1) {
    const bucket = `sequence-${seed}`;
    const [left, right] = [new SequenceSide(ours, bucket), new SequenceSide(theirs, bucket)];
    await Promise.all([left.prepare(), right.prepare()]);
    for (const [index, call] of makeSequence(seed, 30).entries()) {
      const [a, b] = await Promise.all([left.call(call), right.call(call)]);
      calls += 1;
      if (compared(a) === compared(b)) continue;
      const explanation = explanations.find((candidate) => candidate.fits(call, a, b));
      if (explanation === undefined) {
        unexplained.push(
          [`sequence ${seed}, call ${index}: ${JSON.stringify(call)}`, `engine ${compared(a)}`, `moto   ${compared(b)}`].join(
            '\n',
          ),
        );
        break;
      }
      explained.set(explanation.reason, (explained.get(explanation.reason) ?? 0) + 1);
      if (explanation.isDiverging === true) break;
    }
  }
  t.diagnostic(`${calls} calls compared`);
  for (const [reason, count] of explained) t.diagnostic(`${count} explained: ${reason}`);
  assert.deepEqual(unexplained, [], unexplained.slice(0, 40).join('\n\n'));
});
