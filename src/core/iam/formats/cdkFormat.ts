import type { PolicyStatement } from '../policyDocument.js';
import { commented, commentLines, inlinePolicyName, pascalCase, type PolicyWriter } from './policyFormat.js';

/** A construct for the AWS CDK v2 in TypeScript. */
export const cdkFormat: PolicyWriter = {
  role(policies) {
    const { role, trust, permissions } = policies;
    const className = `${pascalCase(role.name)}Role`;
    const [assume] = trust.Statement;
    const condition = assume?.Condition === undefined ? '' : `, { conditions: ${literal(assume.Condition, 6)} }`;
    const service = assume?.Principal !== undefined && 'Service' in assume.Principal ? assume.Principal.Service : '';
    return `${commented(commentLines(policies), '//')}${imports}export class ${className} extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      roleName: ${literal(role.name)},${role.path === '/' ? '' : `\n      path: ${literal(role.path)},`}
      assumedBy: new iam.ServicePrincipal(${literal(service)}${condition}),
      inlinePolicies: {
        ${inlinePolicyName}: ${documentOf(permissions.Statement, 8)},
      },
    });
  }
}
`;
  },
  submitter({ name, policy, notes }) {
    return `${commented(notes, '//')}${imports}export class ${pascalCase(name)}Policy extends Construct {
  readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new iam.ManagedPolicy(this, 'Policy', {
      managedPolicyName: ${literal(name)},
      document: ${documentOf(policy.Statement, 6)},
    });
  }
}
`;
  },
};

const imports = "import { aws_iam as iam } from 'aws-cdk-lib';\nimport { Construct } from 'constructs';\n\n";

function documentOf(statements: readonly PolicyStatement[], indent: number): string {
  const at = ' '.repeat(indent);
  const list = statements.map((statement) => `${at}    ${statementOf(statement, indent + 4)},\n`).join('');
  return `new iam.PolicyDocument({\n${at}  statements: [\n${list}${at}  ],\n${at}})`;
}

function statementOf(statement: PolicyStatement, indent: number): string {
  const at = ' '.repeat(indent);
  const members = [
    `sid: ${literal(statement.Sid)}`,
    `actions: ${literal(statement.Action, indent + 2)}`,
    `resources: ${literal(statement.Resource ?? [], indent + 2)}`,
    ...(statement.Condition === undefined ? [] : [`conditions: ${literal(statement.Condition, indent + 2)}`]),
  ];
  return `new iam.PolicyStatement({\n${members.map((member) => `${at}  ${member},\n`).join('')}${at}})`;
}

/** A value as TypeScript. */
function literal(value: unknown, indent = 0): string {
  const at = ' '.repeat(indent);
  if (Array.isArray(value)) {
    if (value.length <= 1) return `[${value.map((item) => literal(item, indent)).join('')}]`;
    return `[\n${value.map((item) => `${at}  ${literal(item, indent + 2)},\n`).join('')}${at}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${literal(key)}: ${literal(member, indent)}`);
    return `{ ${members.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
