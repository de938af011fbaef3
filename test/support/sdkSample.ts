/** What the simple values of a sample are. */
export interface SampleValues {
  text(name: string): string;
  readonly whole: number;
  readonly date: Date;
}

/** Text that markup has to escape, and a time with milliseconds. */
const awkward: SampleValues = {
  text: (name) => `__${name} <&> "ü"__`,
  whole: 7,
  date: new Date('2000-01-02T20:34:56.789Z'),
};

/**
 * A value with every member set, made from a schema of the SDK itself: what the snapshot tests of the SDK's repository
 * (aws/aws-sdk-js-v3, clients/client-s3-control/test/snapshots, Apache-2.0) send and answer, without a copy of them that ages.
 */
export function sdkSample(schema: unknown, values: SampleValues = awkward): unknown {
  return sampleOf(schema, '', values);
}

function sampleOf(schema: unknown, name: string, values: SampleValues, index = 0): unknown {
  if (typeof schema === 'function') return sampleOf((schema as () => unknown)(), name, values, index);
  if (typeof schema === 'number') return simpleSample(schema, name, values);
  if (!Array.isArray(schema)) throw new Error(`No schema: ${JSON.stringify(schema)}`);
  // A schema with traits of the member that has it.
  if (typeof schema[0] !== 'number' || schema.length === 2) return sampleOf(schema[0], name, values, index);
  const [kind, , , , first, second] = schema as [number, string, string, unknown, unknown, unknown];
  switch (kind) {
    case kinds.simple:
      return sampleOf(first, name, values);
    case kinds.list:
      // Of unions the last member, the first and the second: as those tests have it.
      return [-1, 0, 1].map((item) => sampleOf(first, 'member', values, item));
    case kinds.map:
      return mapOf(() => sampleOf(second, 'value', values));
    case kinds.structure:
    case kinds.union: {
      const names = first as readonly string[];
      const members = second as readonly unknown[];
      const all = names.map((member, at): [string, unknown] => [member, sampleOf(members[at], member, values)]);
      if (kind === kinds.structure) return Object.fromEntries(all);
      const chosen = all.at(index % all.length);
      return Object.fromEntries(chosen === undefined ? [] : [chosen]);
    }
    default:
      throw new Error(`Unknown kind of schema: ${kind}`);
  }
}

/** The first word of a schema. Source: @smithy/types, schema/static-schemas. */
const kinds = { simple: 0, list: 1, map: 2, structure: 3, union: 4 } as const;

/** Numbers stand for simple schemas; these bits say that it is a list or a map of it. */
const listBit = 64;
const mapBit = 128;

function simpleSample(schema: number, name: string, values: SampleValues): unknown {
  if ((schema & listBit) !== 0) return [-1, 0, 1].map(() => simpleSample(schema & ~listBit, 'member', values));
  if ((schema & mapBit) !== 0) return mapOf(() => simpleSample(schema & ~mapBit, 'value', values));
  switch (schema) {
    case 0:
      return values.text(name);
    case 1:
      return values.whole;
    case 2:
      return false;
    case 4:
    case 5:
      return values.date;
    default:
      throw new Error(`Unknown simple schema ${schema}`);
  }
}

function mapOf(value: () => unknown): Record<string, unknown> {
  return { key1: value(), key2: value(), key3: value() };
}
