import { BatchError } from '../../base/errors.js';
import { isRecord } from '../operations/validateShape.js';

/** A statement as somebody else wrote it: every member may have several forms. */
export type ForeignStatement = Readonly<Record<string, unknown>>;

export interface ForeignPolicy {
  /** What people know it by: the policy's name, or the file's. */
  readonly source: string;
  readonly statements: readonly ForeignStatement[];
}

/** What files say of a role. */
export interface ExistingRole {
  readonly policies: readonly ForeignPolicy[];
  /** Undefined when no file holds the trust policy. */
  readonly trust: ForeignPolicy | undefined;
  /** Undefined when the role has none, as far as the files say. */
  readonly boundary: ForeignPolicy | undefined;
  /** Sentences: policies that the role has and no file holds. While there are any, nothing is surely missing. */
  readonly unread: readonly string[];
}

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads what the AWS CLI prints of a role: a policy document, or the output of get-role-policy, get-policy-version, get-role,
 * list-attached-role-policies or get-account-authorization-details. In the last the role is looked up by name. Throws `BadPolicy`.
 */
export function readExistingRole(files: readonly PolicyFile[], roleName: string): ExistingRole {
  const reader = new RoleReader(roleName);
  for (const file of files) reader.read(file);
  return reader.result();
}

class RoleReader {
  readonly #roleName: string;
  readonly #policies: ForeignPolicy[] = [];
  /** Documents of managed policies by ARN. */
  readonly #managed = new Map<string, ForeignPolicy>();
  readonly #attached = new Map<string, string>();
  #trust: ForeignPolicy | undefined;
  #boundaryArn: string | undefined;
  /** Documents of managed policies that came without the policy's ARN, as get-policy-version prints them. */
  #nameless = 0;

  constructor(roleName: string) {
    this.#roleName = roleName;
  }

  read({ name, text }: PolicyFile): void {
    let value: unknown;
    try {
      value = JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch (error) {
      throw new BatchError('BadPolicy', `${name} is not JSON.`, {
        hint: 'Save what the AWS CLI prints with --output json.',
        cause: error,
      });
    }
    if (!isRecord(value)) throw unknownForm(name);
    if (value['Statement'] !== undefined) this.#document(value, name);
    else if (value['PolicyDocument'] !== undefined) this.#document(value['PolicyDocument'], nameOf(value, name));
    else if (isRecord(value['PolicyVersion'])) {
      this.#document(value['PolicyVersion']['Document'], name);
      this.#nameless += 1;
    } else if (isRecord(value['Role'])) this.#role(value['Role'], name);
    else if (Array.isArray(value['AttachedPolicies'])) this.#attach(value['AttachedPolicies']);
    else if (Array.isArray(value['RoleDetailList'])) this.#account(value, value['RoleDetailList'], name);
    else throw unknownForm(name);
  }

  result(): ExistingRole {
    const unread: string[] = [];
    const policies = [...this.#policies];
    for (const [arn, name] of this.#attached) {
      const policy = this.#managed.get(arn);
      if (policy !== undefined) policies.push(policy);
      else unread.push(`The role has the policy ${name} attached, which is in none of the files.`);
    }
    if (unread.length <= this.#nameless) unread.length = 0;
    const boundary = this.#boundaryArn === undefined ? undefined : this.#managed.get(this.#boundaryArn);
    if (this.#boundaryArn !== undefined && boundary === undefined) {
      unread.push(`The role has the permissions boundary ${this.#boundaryArn}, which is in none of the files.`);
    }
    return { policies, trust: this.#trust, boundary, unread };
  }

  /** A permission policy, or a trust policy when it speaks of a principal. */
  #document(document: unknown, source: string): void {
    const policy = parsePolicy(document, source);
    if (policy.statements.some((statement) => statement['Principal'] !== undefined)) this.#trust = policy;
    else this.#policies.push(policy);
  }

  #role(role: Record<string, unknown>, name: string): void {
    if (role['AssumeRolePolicyDocument'] !== undefined) {
      this.#trust = parsePolicy(role['AssumeRolePolicyDocument'], `the trust policy of ${textOf(role['RoleName']) ?? name}`);
    }
    const boundary = role['PermissionsBoundary'];
    if (isRecord(boundary)) this.#boundaryArn = textOf(boundary['PermissionsBoundaryArn']);
  }

  #attach(attached: readonly unknown[]): void {
    for (const policy of attached) {
      const arn = isRecord(policy) ? textOf(policy['PolicyArn']) : undefined;
      if (isRecord(policy) && arn !== undefined) this.#attached.set(arn, textOf(policy['PolicyName']) ?? arn);
    }
  }

  #account(value: Record<string, unknown>, roles: readonly unknown[], name: string): void {
    const role = roles.filter(isRecord).find((item) => item['RoleName'] === this.#roleName);
    if (role === undefined) {
      throw new BatchError('BadPolicy', `${name} holds no role ${this.#roleName}.`, {
        hint: 'The role is the one that RoleArn of the job names.',
      });
    }
    this.#role(role, name);
    for (const inline of listOf(role['RolePolicyList']).filter(isRecord)) {
      this.#document(inline['PolicyDocument'], nameOf(inline, name));
    }
    this.#attach(listOf(role['AttachedManagedPolicies']));
    for (const policy of listOf(value['Policies']).filter(isRecord)) {
      const versions = listOf(policy['PolicyVersionList']).filter(isRecord);
      const current = versions.find((version) => version['IsDefaultVersion'] === true);
      const arn = textOf(policy['Arn']);
      if (current !== undefined && arn !== undefined)
        this.#managed.set(arn, parsePolicy(current['Document'], nameOf(policy, name)));
    }
  }
}

/** The document as JSON, or as the API has it: JSON in a text, perhaps percent-encoded. */
function parsePolicy(document: unknown, source: string): ForeignPolicy {
  let value = document;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value.startsWith('%7B') ? decodeURIComponent(value) : value);
    } catch (error) {
      throw new BatchError('BadPolicy', `The policy document in ${source} can't be read.`, { cause: error });
    }
  }
  const statements = isRecord(value) ? value['Statement'] : undefined;
  const list = Array.isArray(statements) ? statements : [statements];
  if (!list.every(isRecord)) throw new BatchError('BadPolicy', `The policy document in ${source} has no statements.`);
  return { source, statements: list };
}

function unknownForm(name: string): BatchError {
  return new BatchError('BadPolicy', `${name} holds neither a policy document nor anything else that is known of a role.`, {
    hint:
      'Save the output of one of these: aws iam get-role, get-role-policy, get-policy-version, list-attached-role-policies, ' +
      'get-account-authorization-details.',
  });
}

function nameOf(value: Record<string, unknown>, fallback: string): string {
  return textOf(value['PolicyName']) ?? fallback;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
