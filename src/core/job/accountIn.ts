import { isRecord } from '../operations/validateShape.js';
import { parseArn } from './arn.js';

/**
 * The account that the ARNs and owners of a request speak of; undefined when they name none or several. For fixes only: a request may
 * well reach into other accounts.
 */
export function accountIn(request: unknown): string | undefined {
  const accounts = new Set<string>();
  collect(request, accounts);
  const [account, ...others] = accounts;
  return others.length === 0 ? account : undefined;
}

function collect(value: unknown, accounts: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, accounts);
  if (isRecord(value)) for (const item of Object.values(value)) collect(item, accounts);
  if (typeof value !== 'string') return;
  const account = parseArn(value)?.accountId ?? value;
  if (/^\d{12}$/.test(account)) accounts.add(account);
}
