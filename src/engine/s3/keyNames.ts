/**
 * How the parts of a key between its slashes become names of files and folders, and back. Most parts are their own name. Rules:
 * - `%`, control characters and what Windows forbids (`\ : * ? " < > |`), a dot or space at the end, and the first letter of device
 *   names (`CON`, `nul.txt`) are percent-encoded, on every system alike, so that a data directory can be moved.
 * - An empty part (`a//b`, `dir/`) is `%_`.
 * - A part whose name would be too long is cut into nested folders whose names end in `%+`, except the last.
 * - When the plain name is taken by something else (object `a` beside `a/b`, `A` beside `a` on a disk that ignores case), the part takes
 *   its alternative name: everything but `a-z 0-9 . _ -` encoded, and `%@` at the end.
 * - A name that none of these rules writes, put there by a person, is taken as it stands.
 */

/** Names from the outer folder to the inner one; one, unless the part is long. */
export type Names = readonly [string, ...string[]];

/** Well under the 255 bytes of most file systems, with room for what follows the cut. */
const maxNameBytes = 200;
const emptyName = '%_';
const continuation = '%+';
const alternative = '%@';
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

export function plainNames(part: string): Names {
  if (part === '') return [emptyName];
  const escaped = part.replace(/[%\\:*?"<>|\u0000-\u001f\u007f]|[. ]$/g, escapeText);
  return cut(escaped, '');
}

export function alternativeNames(part: string): Names {
  return cut(part.replace(/[^a-z0-9._-]/gu, escapeText), alternative);
}

/** The name as it stands, when a person may have given it to a file and no rule gives it a meaning; else undefined. */
export function literalName(part: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (part === '' || part === '.' || part === '..' || part.includes('/') || part.includes('\0')) return undefined;
  if (platform === 'win32' && plainNames(part.replaceAll('%', '_')).join('') !== part.replaceAll('%', '_')) return undefined;
  if (plainNames(part)[0] === part || isContinued(part)) return undefined;
  return partOf([part]) === part ? part : undefined;
}

/** True for the name of a folder that holds the rest of a long part. */
export function isContinued(name: string): boolean {
  return name.endsWith(continuation);
}

/**
 * The part that these names stand for. A single name that the rules never write stands for itself; several such names are no part:
 * undefined.
 */
export function partOf(names: Names): string | undefined {
  const last = names[names.length - 1] ?? '';
  const isAlternative = last.endsWith(alternative);
  const joined = names.map((name, index) => (index < names.length - 1 ? name.slice(0, -continuation.length) : name)).join('');
  const part = joined === emptyName ? '' : unescapeText(isAlternative ? joined.slice(0, -alternative.length) : joined);
  if (part !== undefined) {
    const written = isAlternative ? alternativeNames(part) : plainNames(part);
    if (written.length === names.length && written.every((name, index) => name === names[index])) return part;
  }
  return names.length === 1 ? last : undefined;
}

function escapeText(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text)) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

function unescapeText(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Cuts between characters and between escapes; escapes the first letter of a last name that is a device on Windows. */
function cut(escaped: string, ending: string): Names {
  const names: string[] = [];
  let current = '';
  let currentBytes = 0;
  for (const [piece] of escaped.matchAll(/%[0-9A-F]{2}|[^%]/gu)) {
    const pieceBytes = Buffer.byteLength(piece);
    if (currentBytes + pieceBytes > maxNameBytes) {
      names.push(current + continuation);
      current = '';
      currentBytes = 0;
    }
    current += piece;
    currentBytes += pieceBytes;
  }
  const last = deviceName.test(current) ? escapeText(current.slice(0, 1)) + current.slice(1) : current;
  return [...names, last + ending] as unknown as Names;
}
