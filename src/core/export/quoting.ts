/** A word of a POSIX shell that stands for exactly this text: single quotes, and a quote itself outside of them. */
export function shellQuote(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A single-quoted string of PowerShell for exactly this text. PowerShell takes four typographic quotes for single ones too
 * (about_Quoting_Rules; the language's own `EscapeSingleQuotedStringContent` doubles the same five).
 */
export function powerShellQuote(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`;
}
