import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { FunctionDefinition } from '../contracts.js';
import { partitionOf } from './functionName.js';

/** A function as Lambda's API describes it (Lambda API Reference, FunctionConfiguration). What only a deployment has is made up. */
export function functionConfiguration(
  definition: FunctionDefinition,
  accountId: string,
  region: string,
): Record<string, unknown> {
  const text = JSON.stringify(definition);
  return {
    FunctionName: definition.name,
    FunctionArn: definition.arn,
    Runtime: definition.runtime,
    Role: `arn:${partitionOf(region)}:iam::${accountId}:role/local`,
    Handler: definition.handler,
    CodeSize: 0,
    Description: definition.description ?? '',
    Timeout: definition.timeoutMs / 1000,
    MemorySize: definition.memoryMb,
    LastModified: '1970-01-01T00:00:00.000+0000',
    CodeSha256: createHash('sha256').update(text).digest('base64'),
    Version: '$LATEST',
    ...(Object.keys(definition.environment).length === 0 ? {} : { Environment: { Variables: definition.environment } }),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: revisionOf(text),
    State: 'Active',
    // Of the service's own words the one place for what is to be known of a function that works all the same.
    ...(definition.ambiguity === undefined ? {} : { StateReason: definition.ambiguity }),
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
  };
}

/** GetFunction's answer; the code is where it lies on this machine. */
export function functionDocument(definition: FunctionDefinition, accountId: string, region: string): Record<string, unknown> {
  return {
    Configuration: functionConfiguration(definition, accountId, region),
    Code: { RepositoryType: 'Local', Location: pathToFileURL(definition.codeDirectory).href },
    Tags: {},
  };
}

function revisionOf(text: string): string {
  const hex = createHash('sha256').update(`revision ${text}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
