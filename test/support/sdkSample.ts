/**
 * A value with every member set, made from a schema of the SDK itself: what the snapshot tests of the SDK's repository
 * (aws/aws-sdk-js-v3, clients/client-s3-control/test/snapshots, Apache-2.0) send and answer, without a copy of them that ages.
 */
export function sdkSample(schema: unknown, name = ''): unknown {
  if (typeof schema === 'function') return sdkSample((schema as () => unknown)(), name);
  if (typeof schema === 'number') return sampleOf(schema, name);
  if (!Array.isArray(schema)) throw new Error(`No schema: ${JSON.stringify(schema)}`);
  // A schema with traits of the member that has it.
  if (typeof schema[0] !== 'number' || schema.length === 2) return sdkSample(schema[0], name);
  const [kind, , , , first, second] = schema as [number, string, string, unknown, unknown, unknown];
  switch (kind) {
    case kinds.simple:
      return sdkSample(first, name);
    case kinds.list:
      return [1, 2, 3].map(() => sdkSample(first, 'member'));
    case kinds.map:
      return mapOf(() => sdkSample(second, 'value'));
    case kinds.structure:
    case kinds.union: {
      const names = first as readonly string[];
      const members = second as readonly unknown[];
      const all = names.map((member, index): [string, unknown] => [member, sdkSample(members[index], member)]);
      return Object.fromEntries(kind === kinds.union ? all.slice(0, 1) : all);
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

function sampleOf(schema: number, name: string): unknown {
  if ((schema & listBit) !== 0) return [1, 2, 3].map(() => sampleOf(schema & ~listBit, 'member'));
  if ((schema & mapBit) !== 0) return mapOf(() => sampleOf(schema & ~mapBit, 'value'));
  switch (schema) {
    case 0:
      return `__${name} <&> "ü"__`;
    case 1:
      return 7;
    case 2:
      return false;
    case 4:
    case 5:
      return new Date('2000-01-02T20:34:56.789Z');
    default:
      throw new Error(`Unknown simple schema ${schema}`);
  }
}

function mapOf(value: () => unknown): Record<string, unknown> {
  return { key1: value(), key2: value(), key3: value() };
}
