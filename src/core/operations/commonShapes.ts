import type { BooleanShape, ListShape, StringShape, StructureShape, TimestampShape } from './shape.js';

/**
 * Shapes that several structures use. Limits, patterns and enums are those of the S3 Control API model
 * (botocore `s3control/2018-08-20`), written so that they are valid with the `u` flag.
 */

export function stringOf(min: number, max: number, doc: string): StringShape {
  return { type: 'string', min, max, doc };
}

export function booleanOf(doc: string, whenOmitted?: string): BooleanShape {
  return whenOmitted === undefined ? { type: 'boolean', doc } : { type: 'boolean', doc, whenOmitted };
}

export function timestampOf(doc: string): TimestampShape {
  return { type: 'timestamp', doc };
}

const accountIdPattern = '\\d{12}';

export function accountIdOf(doc: string): StringShape {
  return { type: 'string', max: 64, pattern: accountIdPattern, expected: 'an account id of 12 digits such as 111122223333', doc };
}

/** The ARN of a general purpose bucket. */
export function bucketArnOf(doc: string): StringShape {
  return {
    type: 'string',
    min: 1,
    max: 128,
    pattern: 'arn:[^:]+:s3:.*',
    expected: 'a bucket ARN such as arn:aws:s3:::amzn-s3-demo-bucket',
    doc,
  };
}

/** The key ARN of a KMS key; aliases are not accepted. */
export function kmsKeyArnOf(doc: string): StringShape {
  return {
    type: 'string',
    min: 20,
    max: 2048,
    pattern: 'arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+',
    expected:
      'the ARN of a key (not of an alias) such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    doc,
  };
}

const tagCharacters = '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)';

const tagShape: StructureShape = {
  type: 'structure',
  doc: 'A tag.',
  members: {
    Key: {
      type: 'string',
      min: 1,
      max: 128,
      pattern: tagCharacters,
      expected: 'letters, digits, spaces and _ . : / = + - @ only',
      doc: 'Name of the tag, unique in its list.',
    },
    Value: {
      type: 'string',
      min: 0,
      max: 256,
      pattern: tagCharacters,
      expected: 'letters, digits, spaces and _ . : / = + - @ only',
      doc: 'Value of the tag; may be empty.',
    },
  },
  required: ['Key', 'Value'],
};

export function tagSetOf(doc: string, whenOmitted?: string): ListShape {
  return whenOmitted === undefined ? { type: 'list', item: tagShape, doc } : { type: 'list', item: tagShape, doc, whenOmitted };
}
