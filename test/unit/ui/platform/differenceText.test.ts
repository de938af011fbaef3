import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untranslated } from '../../../../src/core/view/localizer.js';
import type { EngineTerms } from '../../../../src/engine/sharing/engineTerms.js';
import { differenceText } from '../../../../src/ui/platform/differenceText.js';

const terms: EngineTerms = {
  version: '1.0.0',
  region: 'us-east-1',
  templates: [],
  functions: [],
  seedDirectory: undefined,
  python: undefined,
  settings: {},
};

test('what differs is named, with both values where they say something', () => {
  const wanted = { ...terms, version: '1.1.0', region: 'eu-west-1' };
  assert.equal(
    differenceText(['version', 'region', 'templates', 'settings'], terms, wanted, untranslated),
    'version 1.0.0 instead of 1.1.0, Region us-east-1 instead of eu-west-1, other templates, other limits or redrives',
  );
});
