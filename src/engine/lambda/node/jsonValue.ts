/** Deeper values are left to JSON itself. */
const maxDepth = 50;

/**
 * The value as JSON would carry it. A value that is plain already is returned as it is, which saves a round trip through text on
 * the path of every task.
 * @throws what JSON.stringify throws: BigInt, circular structure, an error of a toJSON or getter.
 * @returns undefined when JSON has no text for the value (a function, a symbol).
 */
export function asJsonValue(value: unknown): { readonly value: unknown } | undefined {
  if (value === undefined) return { value: null };
  if (isPlainJson(value, 0)) return { value };
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : { value: JSON.parse(text) as unknown };
}

/** True when JSON.parse(JSON.stringify(value)) would equal the value. May say false of a value for which it would. */
export function isPlainJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > maxDepth) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    if ('toJSON' in value) return false;
    const items = value as unknown[];
    for (let index = 0; index < items.length; index += 1) if (!isPlainJson(items[index], depth + 1)) return false;
    return true;
  }
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return false;
  for (const key in value) if (!isPlainJson((value as Record<string, unknown>)[key], depth + 1)) return false;
  return true;
}
