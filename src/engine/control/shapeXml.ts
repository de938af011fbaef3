import type { Shape, StructureShape } from '../../core/operations/shape.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, type XmlElement } from '../xml/parseXml.js';
import { xmlElement } from '../xml/writeXml.js';

/** The XML of the job API, read and written by walking the shapes of core. */

/**
 * The value of an element. The order of members does not matter, and list items may have any name; empty structures and lists are kept,
 * because their presence says something. Throws 400 `MalformedXML` for what has not the shape's structure and 400
 * `BadRequestException`, naming the member, for text that is no such value.
 */
export function readShape(element: XmlElement, shape: Shape, path = ''): unknown {
  switch (shape.type) {
    case 'structure':
      return readStructure(element, shape, path);
    case 'list':
      return element.children.map((item, index) => readShape(item, shape.item, `${path}[${index}]`));
    case 'map': {
      const entries = element.children.map((entry): [string, unknown] => {
        const key = onlyText(entry, 'key');
        const value = onlyText(entry, 'value');
        if (key === undefined || value === undefined) throw malformedXml();
        return [key, value];
      });
      if (new Set(entries.map(([key]) => key)).size < entries.length) throw badRequest(`${path} has one name twice.`);
      return Object.fromEntries(entries);
    }
    case 'integer': {
      const text = textOf(element).trim();
      if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest(`${path} must be a whole number, but is "${text}".`);
      return Number(text);
    }
    case 'boolean': {
      const text = textOf(element).trim().toLowerCase();
      if (text === 'true' || text === '1') return true;
      if (text === 'false' || text === '0') return false;
      throw badRequest(`${path} must be true or false, but is "${text}".`);
    }
    case 'string':
    case 'timestamp':
      return textOf(element);
  }
}

function readStructure(element: XmlElement, shape: StructureShape, path: string): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const child of element.children) {
    const name = memberOf(shape, child.name);
    const member = name === undefined ? undefined : shape.members[name];
    const place = path === '' ? child.name : `${path}.${child.name}`;
    if (name === undefined || member === undefined) {
      throw badRequest(
        path === 'Operation'
          ? `The local engine does not perform the operation ${child.name}.`
          : `${place} is no member that the local engine knows.`,
      );
    }
    if (Object.hasOwn(value, name)) throw malformedXml();
    value[name] = readShape(child, member, place);
  }
  return value;
}

function memberOf(shape: StructureShape, wireName: string): string | undefined {
  for (const [member, name] of Object.entries(shape.wireNames ?? {})) if (name === wireName) return member;
  return Object.hasOwn(shape.members, wireName) ? wireName : undefined;
}

function onlyText(entry: XmlElement, name: string): string | undefined {
  const found = entry.children.filter((child) => child.name.toLowerCase() === name);
  return found.length === 1 && found[0] !== undefined ? textOf(found[0]) : undefined;
}

function textOf(element: XmlElement): string {
  if (element.children.length > 0) throw malformedXml();
  return element.text;
}

export function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message);
}

/** The markup of a value. Members that the shape does not have, and undefined ones, are left out; members go in the shape's order. */
export function writeShape(name: string, value: unknown, shape: Shape): string {
  switch (shape.type) {
    case 'structure': {
      const record = value as Readonly<Record<string, unknown>>;
      return xmlElement(
        name,
        Object.entries(shape.members).flatMap(([member, memberShape]) => {
          const item = record[member];
          return item === undefined ? [] : [writeShape(shape.wireNames?.[member] ?? member, item, memberShape)];
        }),
      );
    }
    case 'list':
      return xmlElement(
        name,
        (value as readonly unknown[]).map((item) => writeShape(shape.itemName ?? 'member', item, shape.item)),
      );
    case 'map':
      return xmlElement(
        name,
        Object.entries(value as Readonly<Record<string, string>>).map(([key, text]) =>
          xmlElement('entry', [xmlElement('key', key), xmlElement('value', text)]),
        ),
      );
    default:
      return xmlElement(name, value as string | number | boolean);
  }
}
