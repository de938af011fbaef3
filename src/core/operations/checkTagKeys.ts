import { type Finding, isRecord } from './validateShape.js';

/** Unique keys that are not reserved. Source: S3 Control's own answers (`InvalidTag`). */
export function checkTagKeys(tags: readonly unknown[], path: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  tags.forEach((tag, index) => {
    const key = isRecord(tag) ? tag['Key'] : undefined;
    if (typeof key !== 'string') return;
    if (seen.has(key)) {
      findings.push({
        path: [...path, index, 'Key'],
        code: 'duplicate-tag',
        severity: 'error',
        message: `The tag ${JSON.stringify(key)} is there twice. Tags of one list must have different keys.`,
        fix: { title: 'Remove this tag', changes: [{ path: [...path, index], value: undefined }] },
      });
    }
    seen.add(key);
    if (/^aws:/i.test(key)) {
      findings.push({
        path: [...path, index, 'Key'],
        code: 'reserved-tag',
        severity: 'error',
        message: `The tag ${JSON.stringify(key)} begins with "aws:", which is reserved. Give it another key.`,
      });
    }
  });
  return findings;
}

/** S3's own limit of tags on one object. Source: API Reference, PutObjectTagging. */
const maxObjectTags = 10;

/** Tags of objects: at most 10, with different keys. */
export function checkObjectTags(tags: readonly unknown[], path: readonly string[]): Finding[] {
  const findings = checkTagKeys(tags, path);
  if (tags.length <= maxObjectTags) return findings;
  return [
    {
      path,
      code: 'too-many-object-tags',
      severity: 'error',
      message: `An object has at most ${maxObjectTags} tags, but ${path.join('.')} has ${tags.length}.`,
    },
    ...findings,
  ];
}
