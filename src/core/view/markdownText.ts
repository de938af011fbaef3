/** Text of files in a Markdown document, so that it stays text. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`);
}

/** A name as inline code, also within a table. */
export function markdownCode(text: string): string {
  return `\`${text.replaceAll(/[`|\r\n]/g, ' ')}\``;
}
