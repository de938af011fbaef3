import fc from 'fast-check';
import { jobFileShape } from '../../src/core/job/jobFileShape.js';
import { filterShape } from '../../src/core/job/manifestGeneratorShape.js';
import { jobTemplate } from '../../src/core/job/jobTemplate.js';
import { operations } from '../../src/core/operations/catalogue.js';
import { integerLimits, type Shape } from '../../src/core/operations/shape.js';
import { type FindingPath, isRecord } from '../../src/core/operations/validateShape.js';
import { shapeValue } from './shapeValue.js';

interface Place {
  readonly path: FindingPath;
  readonly shape: Shape;
}

/** Every member below a shape. */
function placesOf(shape: Shape, path: FindingPath = []): Place[] {
  const here = path.length === 0 ? [] : [{ path, shape }];
  if (shape.type === 'list') return [...here, ...placesOf(shape.item, [...path, 0])];
  if (shape.type !== 'structure') return here;
  return [...here, ...Object.entries(shape.members).flatMap(([name, member]) => placesOf(member, [...path, name]))];
}

/** A value that breaks one rule of its shape, or its type. */
function brokenValue(shape: Shape): fc.Arbitrary<unknown> {
  const wrongType = fc.constantFrom<unknown>(null, 1.5, 'text', [], {}, true);
  switch (shape.type) {
    case 'string':
      return fc.oneof(
        fc.constant(''),
        fc.constant('x'.repeat((shape.max ?? 64) + 1)),
        fc.constant(`${shape.enum?.[0] ?? 'arn:aws:s3:::'}\n`),
        fc.string({ unit: 'binary', maxLength: 8 }),
        wrongType,
      );
    case 'integer':
      return fc.oneof(fc.constantFrom((shape.min ?? 0) - 1, integerLimits(shape).max + 1, -1, 2 ** 53, 0.5), wrongType);
    case 'timestamp':
      return fc.oneof(fc.constantFrom('2030-02-30', 'tomorrow', '', '2030-1-1', '2030-01-01T25:00:00Z'), wrongType);
    case 'list':
      return fc.oneof(
        fc.constant([]),
        shapeValue(shape.item).map((item) => Array.from({ length: (shape.max ?? 2) + 1 }, () => item)),
        wrongType,
      );
    case 'map':
      return fc.oneof(
        fc.constantFrom<unknown>(
          {},
          { '': '' },
          Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, 'v'])),
        ),
        wrongType,
      );
    case 'boolean':
    case 'structure':
      return fc.oneof(fc.constantFrom<unknown>({}, { Unknown: 1 }, undefined), wrongType);
  }
}

/**
 * Job files as they come about: one that can be submitted, for any operation and any of the ways to name objects, with a few members
 * changed to anything their shape allows, or to something it forbids.
 */
export function jobFileValue(): fc.Arbitrary<Record<string, unknown>> {
  // Made once: arbitraries of patterns are dear.
  const places = placesOf(jobFileShape).map(({ path, shape }) => ({ path, change: changeOf(path, shape) }));
  const filter = shapeValue(filterShape);
  return fc.oneof(
    ...operations.map((operation) => {
      const { ManifestFile: file, Manifest: manifest, ...rest } = jobTemplate(operation);
      const location = { ...manifest?.Location, ETag: '60e460c9d1046e73f7dde5043ac3ae85' };
      const source = fc.oneof(
        fc.constantFrom<Record<string, unknown>>(
          { ManifestFile: file, Manifest: manifest },
          { Manifest: { ...manifest, Location: location } },
          { Manifest: { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location: location } },
        ),
        filter.map((Filter) => ({
          ManifestGenerator: {
            S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::source', EnableManifestOutput: false, Filter },
          },
        })),
      );
      const own = places.filter(({ path }) => path[0] !== 'Operation' || path[1] === undefined || path[1] === operation.name);
      const deep = own.filter(({ path }) => path[0] === 'Operation' && path[1] === operation.name);
      const changes = fc.array(fc.oneof(...[...own, ...deep, ...deep].map(({ change }) => change)), { maxLength: 2 });
      return fc.tuple(source, changes).map(([members, list]) => list.reduce(changed, { ...rest, ...members }));
    }),
  );
}

interface Change {
  readonly path: FindingPath;
  readonly value: unknown;
}

function changeOf(path: FindingPath, shape: Shape): fc.Arbitrary<Change> {
  return fc
    .oneof(
      { weight: 3, arbitrary: shapeValue(shape) },
      { weight: 1, arbitrary: brokenValue(shape) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    )
    .map((value) => ({ path, value }));
}

/** A copy with one member set, where its owners are there; lists count as owners of item 0. */
function changed(whole: Record<string, unknown>, { path, value }: Change): Record<string, unknown> {
  const copy = structuredClone(whole);
  let owner: unknown = copy;
  for (const part of path.slice(0, -1)) {
    if (!isRecord(owner) && !Array.isArray(owner)) return copy;
    const members = owner as Record<string | number, unknown>;
    members[part] ??= {};
    owner = members[part];
  }
  const last = path.at(-1);
  if (last !== undefined && (isRecord(owner) || Array.isArray(owner))) (owner as Record<string | number, unknown>)[last] = value;
  return copy;
}
