/** What varies from row to row, and what stands for it. In this order: the special before the general. */
const replacements: readonly (readonly [RegExp, string])[] = [
  // Names of sessions: arn:aws:sts::111122223333:assumed-role/role/session
  [/(:assumed-role\/[\w+=,.@-]+\/)[\w+=,.@-]+/g, '$1<session>'],
  [/\bs3-batch-operations_[\w-]+/g, 's3-batch-operations_<id>'],
  [/((?:Extended )?Request ?ID: ?)(?!<)[^\s,;)"]+/gi, '$1<id>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
  [/\b0x[0-9a-f]{6,}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{16,}\b/gi, '<id>'],
];

/** Does the text hold anything that a replacement is about? Most messages don't, and this is much cheaper than the replacements. */
const variable = /\d|request ?id/i;

const functionError = /^(Lambda returned function error: )(\{[^]*\})$/;

/**
 * A message as it would read for any other row: ids, times, names of sessions, and the row's own key and version replaced by
 * placeholders. The trace of a function error is left out; type and message of the error stay.
 */
export function normaliseMessage(
  message: string,
  own: { readonly key?: string; readonly keyField?: string; readonly version?: string } = {},
): string {
  let text = functionErrorText(message);
  // Very short names would be found in any word.
  for (const [name, placeholder] of [
    [own.key, '<key>'],
    [own.keyField, '<key>'],
    [own.version === 'null' ? undefined : own.version, '<version>'],
  ] as const) {
    if (name !== undefined && name.length >= 4 && text.includes(name)) text = text.replaceAll(name, placeholder);
  }
  if (!variable.test(text)) return text;
  for (const [pattern, replacement] of replacements) text = text.replace(pattern, replacement);
  return text;
}

/** `Lambda returned function error: {"errorMessage":…,"errorType":…,"stackTrace":…}` in one readable line, without the trace. */
function functionErrorText(message: string): string {
  const match = functionError.exec(message);
  if (match === null) return message;
  let error: unknown;
  try {
    error = JSON.parse(match[2] ?? '');
  } catch {
    // Cut at 1,024 characters, most likely: the text itself has to do.
    return message;
  }
  const { errorType, errorMessage } = error as { errorType?: unknown; errorMessage?: unknown };
  if (typeof errorMessage !== 'string') return message;
  return `${match[1] ?? ''}${typeof errorType === 'string' ? `${errorType}: ` : ''}${errorMessage}`;
}
