import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commentLines } from '../../../../src/core/view/commentLines.js';

describe('lines as comments', () => {
  it('keeps short lines and their indent', () => {
    assert.deepEqual(commentLines(['one', '  two  three', '']), ['// one', '//   two three', '//']);
  });

  it('wraps between words, never in one, and loses none', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`);
    const long = 'x'.repeat(200);
    const lines = commentLines([`  ${[...words, long].join(' ')}`]);
    assert.ok(lines.length > 4);
    assert.ok(lines.slice(0, -1).every((line) => line.length <= 113 && line.startsWith('//   ')));
    assert.deepEqual(
      lines.flatMap((line) => line.replace(/^\/\/ +/, '').split(' ')),
      [...words, long],
    );
  });

  it('leaves no line that is not a comment', () => {
    assert.ok(commentLines(['a\nb\r\n"c": 1']).every((line) => /^\/\/ [^\n\r]*$/.test(line)));
  });
});
