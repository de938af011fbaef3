import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareRole, type RoleFinding } from '../../../../src/core/iam/compareRole.js';
import { readExistingRole } from '../../../../src/core/iam/existingRole.js';
import { needsOfJob } from '../../../../src/core/iam/jobNeeds.js';
import { policiesOfJob } from '../../../../src/core/iam/policyText.js';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { validRequest } from '../../../support/jobFixtures.js';
import { policyJobs } from '../../../support/policyJobs.js';
import { proofRuns } from '../../../support/proofRuns.js';

const job: JobFile = { ...validRequest, Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } } };
const facts = { buckets: ['data'] };
const { needs } = needsOfJob(job, facts);
const { trust, permissions } = policiesOfJob(job, facts);

const file = (value: unknown, name = 'policy.json'): { name: string; text: string } => ({ name, text: JSON.stringify(value) });
const policy = (...statements: unknown[]): unknown => ({ Version: '2012-10-17', Statement: statements });
const allow = (Action: unknown, Resource: unknown, more: object = {}): unknown => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** Findings as `kind action`, without trust unless a file holds it. */
function compare(...files: unknown[]): string[] {
  return findings(...files).map(({ kind, action }) => `${kind} ${action}`);
}

function findings(...files: unknown[]): readonly RoleFinding[] {
  const role = readExistingRole(
    files.map((value, index) => file(value, `file${index}.json`)),
    'batch-operations',
  );
  return compareRole(needs, role, role.trust !== undefined).findings;
}

describe('a role beside its job', () => {
  test('its own policies are exactly enough', () => {
    fc.assert(
      fc.property(policyJobs, (item) => {
        const own = policiesOfJob(item.job, item.facts);
        const role = readExistingRole([file(own.trust), file(own.permissions)], 'r');
        const { findings: found, allowed, needed } = compareRole(needsOfJob(item.job, item.facts).needs, role);
        assert.deepEqual(found, []);
        assert.equal(allowed, needed);
      }),
      { numRuns: proofRuns(200, 10_000) },
    );
  });

  test('without any one action it is missing, and said with resource and reason', () => {
    fc.assert(
      fc.property(policyJobs, fc.nat(), fc.nat(), (item, at, which) => {
        const own = policiesOfJob(item.job, item.facts);
        const statements = own.permissions.Statement;
        const index = at % statements.length;
        const statement = statements[index];
        assert.ok(statement !== undefined);
        const gone = statement.Action[which % statement.Action.length];
        const less = statements.with(index, { ...statement, Action: statement.Action.filter((action) => action !== gone) });
        const role = readExistingRole([file({ Statement: less })], 'r');
        const found = compareRole(needsOfJob(item.job, item.facts).needs, role, false).findings;
        const lost = found.filter((finding) => finding.kind !== 'unneeded' && finding.action === gone);
        assert.ok(lost.length > 0, `${gone}: ${JSON.stringify(found)}`);
        assert.ok(lost.every((finding) => finding.resource !== '' && finding.why !== ''));
      }),
      { numRuns: proofRuns(200, 10_000) },
    );
  });

  test('wildcards give what is needed, and more than it', () => {
    assert.deepEqual(compare(policy(allow('s3:*', '*'))), ['unneeded s3:*', 'unneeded s3:*']);
    const [action, resource] = findings(policy(allow('*', '*', { Sid: 'Admin' })));
    assert.match(action?.why ?? '', /Statement Admin of file0\.json allows more than s3:/);
    assert.match(resource?.why ?? '', /reaches more than arn:aws:s3:::manifests\/manifest\.csv/);
  });

  test('an action and a resource that serve nothing', () => {
    assert.deepEqual(compare(permissions, policy(allow(['s3:DeleteObject'], 'arn:aws:s3:::data/*'))), [
      'unneeded s3:DeleteObject',
    ]);
    const [first] = permissions.Statement;
    const wide = { ...first, Resource: [...(first?.Resource ?? []), 'arn:aws:s3:::other/*'] };
    assert.deepEqual(
      findings(policy(wide, ...permissions.Statement.slice(1))).map(({ kind, resource }) => [kind, resource]),
      [['unneeded', 'arn:aws:s3:::other/*']],
    );
  });

  test('Deny wins, whatever is allowed', () => {
    const deny = { Sid: 'NoTags', Effect: 'Deny', Action: 's3:PutObjectT*', Resource: '*' };
    const [finding] = findings(permissions, policy(deny));
    assert.deepEqual([finding?.kind, finding?.action], ['missing', 's3:PutObjectTagging']);
    assert.match(finding?.why ?? '', /Statement NoTags of file1\.json denies it\./);
  });

  test('a Deny of a part, or under a condition, is not decidable', () => {
    const part = { Effect: 'Deny', Action: 's3:PutObjectTagging', Resource: 'arn:aws:s3:::data/secret/*' };
    assert.deepEqual(compare(permissions, policy(part)), ['undecidable s3:PutObjectTagging']);
    const vpc = { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } };
    assert.ok(compare(permissions, policy(vpc)).every((line) => line.startsWith('undecidable ')));
    const noTls = { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    assert.deepEqual(compare(permissions, policy(noTls)), []);
  });

  test('an Allow of a part, under a condition or with a variable is not decidable', () => {
    const without = policy(...permissions.Statement.filter(({ Sid }) => Sid !== 'ActOnObjects'));
    const tagging = 's3:PutObjectTagging';
    assert.deepEqual(compare(without, policy(allow(tagging, 'arn:aws:s3:::data/in/*'))), [`undecidable ${tagging}`]);
    assert.deepEqual(
      compare(without, policy(allow(tagging, 'arn:aws:s3:::data/*', { Condition: { StringEquals: { 'aws:x': 'y' } } }))),
      [`undecidable ${tagging}`],
    );
    const [finding] = findings(without, policy(allow(tagging, 'arn:aws:s3:::${aws:PrincipalTag/b}/*')));
    assert.match(finding?.why ?? '', /depending on a variable/);
    assert.deepEqual(compare(without), [`missing ${tagging}`]);
  });

  test('bucket and object ARNs are told apart', () => {
    const bucketOnly = permissions.Statement.map((statement) =>
      statement.Sid === 'ActOnObjects' ? { ...statement, Resource: ['arn:aws:s3:::data'] } : statement,
    );
    assert.deepEqual(compare(policy(...bucketOnly)), ['missing s3:PutObjectTagging', 'unneeded s3:PutObjectTagging']);
  });

  test('NotAction and NotResource', () => {
    const allButIam = { Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' };
    assert.deepEqual(compare(policy(allButIam)), ['unneeded all but iam:*']);
    const allButTagging = { Effect: 'Allow', NotAction: 's3:PutObjectTagging', Resource: '*' };
    assert.equal(compare(policy(allButTagging))[0], 'missing s3:PutObjectTagging');
    const elsewhere = { Effect: 'Deny', Action: '*', NotResource: ['arn:aws:s3:::data/*', 'arn:aws:s3:::manifests/*'] };
    assert.deepEqual(compare(permissions, policy(elsewhere)), ['missing s3:PutObject']);
  });

  test('trust: named, not named, under conditions, not given', () => {
    assert.deepEqual(compare(permissions, trust), []);
    const lambda = policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
    assert.deepEqual(compare(permissions, lambda), ['missing sts:AssumeRole']);
    const conditional = policiesOfJob(job, facts, { isSourceAccountRequired: true }).trust;
    assert.deepEqual(compare(permissions, conditional), ['undecidable sts:AssumeRole']);
    const role = readExistingRole([file(permissions)], 'r');
    assert.deepEqual(
      compareRole(needs, role).findings.map(({ kind, action }) => `${kind} ${action}`),
      ['undecidable sts:AssumeRole'],
    );
  });
});

describe('what the AWS CLI prints of a role', () => {
  const encoded = encodeURIComponent(JSON.stringify(permissions));

  test('get-role, get-role-policy with the document as text or JSON, get-policy-version', () => {
    const role = { Role: { RoleName: 'batch-operations', AssumeRolePolicyDocument: trust } };
    const inline = { RoleName: 'batch-operations', PolicyName: 'p', PolicyDocument: permissions };
    assert.deepEqual(compare(role, inline), []);
    assert.deepEqual(compare(role, { ...inline, PolicyDocument: encoded }), []);
    assert.deepEqual(compare(role, { PolicyVersion: { Document: permissions, VersionId: 'v1', IsDefaultVersion: true } }), []);
  });

  test('an attached policy that no file holds makes what is missing undecidable', () => {
    const attached = { AttachedPolicies: [{ PolicyName: 'Team', PolicyArn: 'arn:aws:iam::111122223333:policy/Team' }] };
    const without = policy(...permissions.Statement.slice(1));
    const [finding] = findings(without, attached);
    assert.equal(finding?.kind, 'undecidable');
    assert.match(finding?.why ?? '', /policy Team attached, which is in none of the files/);
    const version = { PolicyVersion: { Document: policy(...permissions.Statement.slice(0, 1)) } };
    assert.deepEqual(compare(without, attached, version), []);
  });

  test('get-account-authorization-details: inline, attached, trust and boundary of the right role', () => {
    const arn = 'arn:aws:iam::111122223333:policy/Rest';
    const boundaryArn = 'arn:aws:iam::111122223333:policy/Boundary';
    const details = (boundary: unknown): unknown => ({
      RoleDetailList: [
        { RoleName: 'other', RolePolicyList: [{ PolicyName: 'admin', PolicyDocument: policy(allow('*', '*')) }] },
        {
          RoleName: 'batch-operations',
          AssumeRolePolicyDocument: trust,
          RolePolicyList: [{ PolicyName: 'inline', PolicyDocument: policy(...permissions.Statement.slice(0, 1)) }],
          AttachedManagedPolicies: [{ PolicyName: 'Rest', PolicyArn: arn }],
          PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundaryArn },
        },
      ],
      Policies: [
        {
          PolicyName: 'Rest',
          Arn: arn,
          PolicyVersionList: [
            { VersionId: 'v1', IsDefaultVersion: false, Document: policy(allow('*', '*')) },
            { VersionId: 'v2', IsDefaultVersion: true, Document: policy(...permissions.Statement.slice(1)) },
          ],
        },
        { PolicyName: 'Boundary', Arn: boundaryArn, PolicyVersionList: [{ IsDefaultVersion: true, Document: boundary }] },
      ],
    });
    assert.deepEqual(compare(details(policy(allow('s3:*', '*')))), []);
    const [finding] = findings(details(policy(allow('s3:Get*', '*'))));
    assert.deepEqual([finding?.kind, finding?.why.endsWith('The permissions boundary does not allow it.')], ['missing', true]);
    assert.throws(() => readExistingRole([file(details(policy()))], 'nobody'), { code: 'BadPolicy' });
  });

  test('what it is not is refused with a sentence', () => {
    for (const text of ['', '[]', '{}', '{"Statement":["x"]}', '{"PolicyDocument":"%7B%"}']) {
      assert.throws(() => readExistingRole([{ name: 'x.json', text }], 'r'), { code: 'BadPolicy' }, text);
    }
  });
});
