interface Fields {
  readonly [name: string]: unknown;
}

/** Longer texts are weighed by the general way. */
const maxTextLength = 4096;
const maxResults = 64;

/**
 * True for the answer that handlers of jobs give: a plain object of short texts with a short list of such objects, all of names that
 * the contract knows. JSON would carry it as it is, and it is far from any limit of size; the general way (`asJsonValue`) finds the same
 * at several times the cost. False says nothing.
 */
export function isUsualAnswer(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { results } = value;
  if (!Array.isArray(results) || results.length > maxResults || Object.getPrototypeOf(results) !== Array.prototype) return false;
  const known =
    1 +
    isShortText(value['invocationSchemaVersion']) +
    isShortText(value['treatMissingKeysAs']) +
    isShortText(value['invocationId']);
  if (countFields(value) !== known || 'toJSON' in results) return false;
  for (let index = 0; index < results.length; index += 1) {
    const result: unknown = results[index];
    if (!isPlainObject(result)) return false;
    const texts = isShortText(result['taskId']) + isShortText(result['resultCode']) + isShortText(result['resultString']);
    if (countFields(result) !== texts) return false;
  }
  return true;
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);
}

/** 1 when it is. */
function isShortText(value: unknown): number {
  return typeof value === 'string' && value.length <= maxTextLength ? 1 : 0;
}

function countFields(value: Fields): number {
  let count = 0;
  for (const _name in value) count += 1;
  return count;
}
