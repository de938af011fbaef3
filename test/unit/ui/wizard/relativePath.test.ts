import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativePath } from '../../../../src/ui/wizard/relativePath.js';

test('relativePath goes from a folder to a file with forward slashes', () => {
  assert.equal(relativePath('/w/jobs/a.s3job.json', '/w/jobs/manifest.csv'), 'manifest.csv');
  assert.equal(relativePath('/w/jobs/a.s3job.json', '/w/manifest.csv'), '../manifest.csv');
  assert.equal(relativePath('/w/jobs/a.s3job.json', '/w/data/x/manifest.csv'), '../data/x/manifest.csv');
  assert.equal(relativePath('/a.s3job.json', '/w/manifest.csv'), 'w/manifest.csv');
  assert.equal(relativePath('/w/x/x/a.s3job.json', '/w/x/manifest.csv'), '../manifest.csv');
});

test('relativePath has no answer across drives', () => {
  assert.equal(relativePath('/c:/w/a.s3job.json', '/d:/w/manifest.csv'), undefined);
  assert.equal(relativePath('/C:/w/a.s3job.json', '/c:/w/manifest.csv'), '../../c:/w/manifest.csv');
});
