const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Escapes text for element content and attribute values. Control characters become numeric references, as S3 writes them: XML 1.0 has
 * no form for them, which is why listings offer `encoding-type=url`. Carriage returns too, or a parser would turn them into newlines.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => escapes[character] ?? character)
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g,
      (character) => `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
    );
}

/**
 * One element. A string, number or boolean is text and escaped here; an array is ready markup of the children. Empty content gives a
 * self-closed element.
 */
export function xmlElement(
  name: string,
  content: string | number | boolean | readonly string[],
  attributes: Readonly<Record<string, string>> = {},
): string {
  const inner = typeof content === 'object' ? content.join('') : escapeXml(String(content));
  let head = name;
  for (const [attribute, value] of Object.entries(attributes)) head += ` ${attribute}="${escapeXml(value)}"`;
  return inner === '' ? `<${head}/>` : `<${head}>${inner}</${name}>`;
}

/** A whole document: the declaration and the root's markup. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}
