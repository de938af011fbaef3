import { functionErrorPrefix, headOf, parseFunctionError } from './functionError.js';

interface Replacement {
  /** A text without which the pattern can't match: looking for it is much cheaper than the pattern. */
  readonly trigger?: string;
  readonly pattern: RegExp;
  readonly placeholder: string;
}

/** What varies from row to row, and what stands for it. In this order: the special before the general. */
const replacements: readonly Replacement[] = [
  // Names of sessions: arn:aws:sts::111122223333:assumed-role/role/session
  { trigger: ':assumed-role/', pattern: /(:assumed-role\/[\w+=,.@-]+\/)[\w+=,.@-]+/g, placeholder: '$1<session>' },
  { trigger: 's3-batch-operations_', pattern: /\bs3-batch-operations_[\w-]+/g, placeholder: 's3-batch-operations_<id>' },
  // Request ID, RequestId, Extended Request ID …
  { trigger: 'equest', pattern: /(equest ?I[dD]: ?)(?!<)[^\s,;)"]+/g, placeholder: '$1<id>' },
  {
    trigger: '-',
    pattern: /\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b/g,
    placeholder: '<id>',
  },
  {
    trigger: '-',
    pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g,
    placeholder: '<time>',
  },
  { trigger: ' GMT', pattern: /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, placeholder: '<time>' },
  { trigger: '0x', pattern: /\b0x[0-9a-fA-F]{6,}\b/g, placeholder: '<id>' },
  { pattern: /\b(?=[a-fA-F]*\d)[0-9a-fA-F]{16,}\b/g, placeholder: '<id>' },
];

/** Shorter names would be found in any word. */
const shortestOwnName = 4;

export interface NormalMessage {
  readonly text: string;
  /** True when the row's own key or version was in the message: another row with the very same message may then be another cause. */
  readonly hasOwnName: boolean;
}

/**
 * A message as it would read for any other row: ids, times, names of sessions, and the row's own key and version replaced by
 * placeholders. The trace of a function error is left out; type and message of the error stay.
 */
export function normaliseMessage(
  message: string,
  own: { readonly key?: string; readonly keyField?: string; readonly version?: string } = {},
): NormalMessage {
  let text = functionErrorText(message);
  let hasOwnName = false;
  for (const [name, placeholder] of [
    [own.key, '<key>'],
    [own.keyField, '<key>'],
    [own.version === 'null' ? undefined : own.version, '<version>'],
  ] as const) {
    if (name === undefined || name.length < shortestOwnName || !text.includes(name)) continue;
    text = text.replaceAll(name, () => placeholder);
    hasOwnName = true;
  }
  for (const { trigger, pattern, placeholder } of replacements) {
    if (trigger === undefined || text.includes(trigger)) text = text.replace(pattern, placeholder);
  }
  return { text, hasOwnName };
}

/** The error of a function in one readable line, without the stack. */
function functionErrorText(message: string): string {
  const error = parseFunctionError(message);
  return error === undefined ? message : `${functionErrorPrefix}${headOf(error.type, error.message)}`;
}
