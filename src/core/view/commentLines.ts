/** Columns that a comment line takes up at most, if its words allow it. */
const maxColumns = 110;

/** Lines as `//` comments, long ones wrapped between words. What a line is indented by, its continuations are as well, and two more. */
export function commentLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const wrapped: string[] = [];
    let current = indent;
    for (const word of line.trim().split(/\s+/)) {
      const isStart = current.trim() === '';
      if (!isStart && current.length + 1 + word.length > maxColumns) {
        wrapped.push(current);
        current = `${indent}  ${word}`;
      } else current += isStart ? word : ` ${word}`;
    }
    return [...wrapped, current].map((text) => `// ${text}`.trimEnd());
  });
}
