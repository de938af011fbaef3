/** Text of a file on one line: what would break the line, or steer whatever shows it, becomes a space. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Control}\u2028\u2029]+/gu, ' ');
}
