import type { Finding } from '../operations/validateShape.js';
import { accountIn } from './accountIn.js';
import { roleArn } from './arn.js';

/** What people write where the ARN of the job role belongs. Source: API Reference, CreateJob. */
export function checkRole(request: Record<string, unknown>): Finding[] {
  const role = request['RoleArn'];
  if (typeof role !== 'string' || role === '') return [];
  const path = ['RoleArn'];
  if (!role.startsWith('arn:') && /^[\w+=,.@/-]+$/.test(role)) {
    const account = accountIn({ ...request, RoleArn: undefined });
    const mended = roleArn(account ?? '111122223333', role.replace(/^\/|^role\//, ''));
    return [
      {
        path,
        code: 'role-name-for-arn',
        severity: 'error',
        message: `RoleArn must be the ARN of the role, not its name. Write ${mended}${account === undefined ? ' with the number of your account' : ''}.`,
        fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] },
      },
    ];
  }
  if (/^arn:[^:]+:iam:\d{12}:role\//.test(role)) {
    const mended = role.replace(':iam:', ':iam::');
    return [
      {
        path,
        code: 'role-arn-colons',
        severity: 'error',
        message: `RoleArn has one colon after iam where the ARN of a role has two. Write ${mended}.`,
        fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] },
      },
    ];
  }
  const other = /^arn:[^:]+:(?:iam|sts)::\d{12}:(user|group|policy|instance-profile|assumed-role)\//.exec(role)?.[1];
  if (other === undefined) return [];
  const assumed = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)/.exec(role);
  const [, partition, account = '', name = ''] = assumed ?? [];
  const mended = assumed === null ? undefined : roleArn(account, name, partition);
  return [
    {
      path,
      code: 'not-a-role-arn',
      severity: 'error',
      message: `RoleArn is the ARN of ${/^[aei]/.test(other) ? 'an' : 'a'} ${other.replace('-', ' ')}. It must be that of a role, such as ${mended ?? roleArn('111122223333', 'batch-operations')}.`,
      ...(mended === undefined ? {} : { fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] } }),
    },
  ];
}
