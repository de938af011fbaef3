import type { JobFile } from '../../src/core/job/jobFile.js';
import { jobTemplate } from '../../src/core/job/jobTemplate.js';
import { operations } from '../../src/core/operations/catalogue.js';

const nasty = `it's "quoted" $(date) \${HOME} %{x} \`id\` \\n {% now %} – ü 😀`;

/** A job of every operation, by turns with a manifest that is uploaded, one in S3 and a generator, and with text that breaks quoting. */
export const exportedJobs: readonly JobFile[] = operations.map((definition, index) => {
  const { ManifestFile: file, Manifest: manifest, ...rest } = jobTemplate(definition);
  const base: JobFile = { ...rest, Description: `${definition.label}: ${nasty}`, Tags: [{ Key: 'team', Value: '' }] };
  if (manifest === undefined) throw new Error('A template has a manifest.');
  if (index % 3 === 0) return { ...base, ...(file === undefined ? {} : { ManifestFile: file }), Manifest: manifest };
  if (index % 3 === 1) {
    return { ...base, Manifest: { ...manifest, Location: { ...manifest.Location, ETag: 'abc-2' } } };
  }
  return {
    ...base,
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::source',
        EnableManifestOutput: false,
        Filter: {
          CreatedAfter: '2026-01-31T00:00:00Z',
          KeyNameConstraint: { MatchAnyPrefix: ["o'neill/"] },
          MatchAnyObjectEncryption: [{ SSEKMS: { BucketKeyEnabled: true } }],
        },
      },
    },
  };
});

/** What must come over the wire for a job, without the token. */
export function expectedRequest(job: JobFile): Record<string, unknown> {
  const { ManifestFile: file, ...request } = job;
  const location = file === undefined ? {} : { ETag: '60e460c9d1046e73f7dde5043ac3ae85' };
  return {
    ...request,
    ...(job.Manifest === undefined ? {} : { Manifest: { ...job.Manifest, Location: { ...job.Manifest.Location, ...location } } }),
  };
}

/** A caught request in the form of `expectedRequest`: without the token, timestamps without empty fractions. */
export function comparable(request: unknown): unknown {
  const text = JSON.stringify({ ...(request as object), ClientRequestToken: undefined, AccountId: undefined });
  return JSON.parse(text.replaceAll(/(\d\d:\d\d:\d\d)(?:\.0+)?(?:Z|\+00:00)/g, '$1Z'));
}
