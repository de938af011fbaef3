import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import { allRules } from '../../../../src/core/manifest/rules/allRules.js';
import { ruleExamples } from '../../../../src/core/manifest/rules/examples.js';
import { rulePage } from '../../../../src/core/manifest/rules/rulePage.js';
import type { RuleInfo } from '../../../../src/core/manifest/rules/rule.js';

const path = join(process.cwd(), 'docs', 'manifest-rules.md');

/** The page of the docs that explains the rules, made of nothing but the rules and their examples. */
function page(rules: readonly RuleInfo[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '# Manifest rules',
    '',
    'What the editor and `s3batch lint` check. Severities are set by `s3batch.manifest.rules` in the settings, and by `--rule id=severity` on the',
    'command line: `off`, `information`, `warning` or `error`. Rules that **Fix All** repairs are those whose repair is certain; others offer their fixes one by one.',
    '',
    '| rule | severity | what it finds | Fix All | source |',
    '| --- | --- | --- | --- | --- |',
    ...rules.map(({ id, severity, otherSeverity, description, docUrl, isFixedByFixAll }) => {
      const severities = otherSeverity === undefined ? severity : `${severity}, in some cases ${otherSeverity}`;
      const source = /([a-z-]+)\.html/.exec(docUrl)?.[1] ?? docUrl;
      return `| [\`${id}\`](#${id}) | ${severities} | ${cell(description)} | ${isFixedByFixAll ? 'yes' : ''} | [${source}](${docUrl}) |`;
    }),
    '',
    ...rules.flatMap(({ id }) => [`## ${id}`, '', rulePage(id)]),
    '<!-- Made by test/unit/core/manifest/ruleTable.test.ts. To make it anew: UPDATE_DOCS=1 npm run test:unit -- ruleTable -->',
    '',
  ].join('\n');
}

test('what the examples say is wrong is that, and what they say is right has no problem', () => {
  for (const { id } of allRules) {
    const { wrong, right } = ruleExamples[id];
    assert.ok((lintManifest(wrong).counts[id] ?? 0) > 0, `${id}: wrong`);
    assert.deepEqual(lintManifest(right).counts, {}, `${id}: right`);
  }
});

test('docs/manifest-rules.md says what the rules are', async () => {
  const wanted = page(allRules);
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(path, wanted);
  assert.equal(await readFile(path, 'utf8'), wanted, 'Run UPDATE_DOCS=1 npm run test:unit -- ruleTable');
});
