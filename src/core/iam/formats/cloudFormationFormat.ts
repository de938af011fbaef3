import { isRecord } from '../../operations/validateShape.js';
import { commented, commentLines, inlinePolicyName, pascalCase, type PolicyWriter } from './policyFormat.js';

/**
 * A CloudFormation template in YAML, which SAM takes as it stands. Values are literal: the job file names its buckets and accounts
 * literally too. Roles and policies with names need `--capabilities CAPABILITY_NAMED_IAM`.
 */
export const cloudFormationFormat: PolicyWriter = {
  role(policies) {
    const { role, trust, permissions } = policies;
    return (
      commented(commentLines(policies), '#') +
      template(pascalCase(role.name), {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: role.name,
          ...(role.path === '/' ? {} : { Path: role.path }),
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: inlinePolicyName, PolicyDocument: permissions }],
        },
      })
    );
  },
  submitter({ name, policy, notes }) {
    const properties = { ManagedPolicyName: name, PolicyDocument: policy };
    return commented(notes, '#') + template(pascalCase(name), { Type: 'AWS::IAM::ManagedPolicy', Properties: properties });
  },
};

function template(logicalId: string, resource: Record<string, unknown>): string {
  return yamlText({ AWSTemplateFormatVersion: '2010-09-09', Resources: { [logicalId]: resource } }, '');
}

/** A value as block YAML. Texts that could mean anything but themselves are quoted. */
function yamlText(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value.map((item) => `${indent}- ${yamlText(item, `${indent}  `).trimStart()}`).join('');
  }
  if (isRecord(value)) {
    return Object.entries(value)
      .map(([key, member]) => {
        const name = scalar(key);
        const isBlock = Array.isArray(member) || isRecord(member);
        return isBlock ? `${indent}${name}:\n${yamlText(member, `${indent}  `)}` : `${indent}${name}: ${scalar(member)}\n`;
      })
      .join('');
  }
  return `${indent}${scalar(value)}\n`;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain =
    /^[A-Za-z][A-Za-z0-9]*(::?[A-Za-z][A-Za-z0-9]*)*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
