import fc from 'fast-check';
import { integerLimits, type Shape, type StringShape } from '../../src/core/operations/shape.js';

/** Any value that a shape allows; small ones, limits of lengths included. */
export function shapeValue(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'string':
      return stringValue(shape);
    case 'integer':
      return fc.integer({ min: shape.min ?? -1000, max: Math.min(integerLimits(shape).max, 2 ** 40) });
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc
        .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'list':
      return fc.array(shapeValue(shape.item), { minLength: shape.min ?? 0, maxLength: Math.min(shape.max ?? 3, 3) });
    case 'map':
      return fc.dictionary(stringValue(shape.key), stringValue(shape.value), {
        minKeys: shape.min ?? 0,
        maxKeys: Math.min(shape.max ?? 3, 3),
      });
    case 'structure': {
      const members = Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, shapeValue(member)]));
      if (shape.isUnion === true) {
        return fc.oneof(...Object.entries(members).map(([name, value]) => value.map((inner) => ({ [name]: inner }))));
      }
      return fc.record(members, { requiredKeys: [...(shape.required ?? [])], noNullPrototype: true });
    }
  }
}

/** Patterns that `stringMatching` can't turn round, by example. */
function stringValue(shape: StringShape): fc.Arbitrary<string> {
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const max = Math.min(shape.max ?? 64, 64);
  if (shape.pattern === undefined) return fc.string({ minLength: shape.min ?? 0, maxLength: max, unit: 'binary' });
  if (shape.pattern.includes('\\p{'))
    return fc.string({ minLength: shape.min ?? 0, maxLength: max, unit: fc.constantFrom(...Array.from('aZ09 ü長_.:/=+-@')) });
  const tail = '.*';
  const pattern = shape.pattern.endsWith(tail) ? `${shape.pattern.slice(0, -tail.length)}[ -~]{0,20}` : shape.pattern;
  return fc
    .stringMatching(new RegExp(`^${pattern.replaceAll('[^:]+', '[a-z]{1,6}')}$`))
    .filter((text) => text.length >= (shape.min ?? 0) && text.length <= (shape.max ?? Infinity));
}
