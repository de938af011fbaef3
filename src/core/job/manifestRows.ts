const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/**
 * The first `limit` rows of a CSV manifest with their line ends; all of it when it has no more. A line break inside quotes does not end
 * a row. Shares memory with what it is given.
 */
export function firstRows(manifest: Uint8Array, limit: number): Uint8Array {
  let rows = 0;
  let isQuoted = false;
  for (let index = 0; index < manifest.length; index += 1) {
    const byte = manifest[index];
    if (byte === quote) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === lineFeed || byte === carriageReturn)) {
      const end = byte === carriageReturn && manifest[index + 1] === lineFeed ? index + 2 : index + 1;
      rows += 1;
      if (rows >= limit) return manifest.subarray(0, end);
      index = end - 1;
    }
  }
  return manifest;
}

/** `manifests/list.csv` limited to 100 rows is `manifests/list.first-100.csv`, so that the whole list is never overwritten by a part. */
export function limitedKey(key: string, limit: number): string {
  const slash = key.lastIndexOf('/');
  const dot = key.lastIndexOf('.');
  const end = dot > slash + 1 ? dot : key.length;
  return `${key.slice(0, end)}.first-${limit}${key.slice(end)}`;
}
