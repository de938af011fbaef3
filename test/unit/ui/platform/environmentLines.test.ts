import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentLines } from '../../../../src/ui/platform/environmentLines.js';

const connection = {
  endpoint: 'http://127.0.0.1:4000',
  port: 4000,
  accountId: '000000000000',
  region: 'us-east-1',
  accessKeyId: 'KEY',
  secretAccessKey: "it's",
  dataDirectory: '/d',
};

test('values are quoted for their shell', () => {
  assert.match(environmentLines(connection, 'posix'), /^export HTTP_PROXY='http:\/\/127\.0\.0\.1:4000'$/m);
  assert.match(environmentLines(connection, 'posix'), /AWS_SECRET_ACCESS_KEY='it'\\''s'\n/);
  assert.match(environmentLines(connection, 'powershell'), /\$env:AWS_SECRET_ACCESS_KEY = 'it''s'\n/);
});
