import fc from 'fast-check';
import type { Edit } from '../../src/core/manifest/problem.js';

const fragments = [
  'a',
  'b',
  '"',
  ',',
  '%',
  '+',
  '=',
  '/',
  ' ',
  '\t',
  '\0',
  'é',
  '""',
  '😀',
  '\uFFFD',
  '\uD800',
  '%2',
  '%20',
  '%25',
  '%zz',
  '%C3',
  '%C3%A9',
  '%2520',
  's3://',
  'arn:aws:s3:::',
  'bucket',
  'key',
  'test,',
  ',null',
  'x'.repeat(900),
];

/** Manifests with every mistake there is, from a small alphabet that makes mistakes meet. */
export const anyManifest: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('test,report/a.txt', 'test,b%20c', 'test,k%C3%A9,null', 'other,x', 'test,a+b') },
      {
        weight: 3,
        arbitrary: fc.array(fc.constantFrom(...fragments), { maxLength: 8 }).map((parts) => parts.join('')),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('bucket,key', 'Bucket,Key,Version Id', '', '  ', '"', 'b,"k', 'b,"', '","', 'b,"k"', 'b,"x"y'),
      },
    ),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc
      .tuple(
        fc.array(fc.constantFrom('\n', '\n', '\r\n', '\r'), { minLength: lines.length, maxLength: lines.length }),
        fc.boolean(),
        fc.constantFrom('', '', '', '\uFEFF'),
      )
      .map(([ends, isLastEnded, mark]) => {
        const text = lines
          .map((line, index) => line + (index < lines.length - 1 || isLastEnded ? (ends[index] ?? '\n') : ''))
          .join('');
        return mark + text;
      }),
  );

/** Applies edits as an editor does: all positions are of the text before any of them. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  const offset = (line: number, column: number): number => (starts[line] ?? text.length) + column;
  const sorted = edits
    .map((edit) => ({
      start: offset(edit.range.line, edit.range.column),
      end: offset(edit.range.endLine, edit.range.endColumn),
      text: edit.text,
    }))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let from = 0;
  for (const edit of sorted) {
    if (edit.start < from) throw new Error('Edits overlap');
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
