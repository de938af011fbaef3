import { SaxesParser } from 'saxes';
import { ServiceError } from '../serviceError.js';

/** One element of a request body. Comments, processing instructions, attributes and prefixes of names are not kept. */
export interface XmlElement {
  /** Local name: without a namespace prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The element's own character data, CDATA included, not that of its children. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly children: OpenElement[];
  text: string;
}

const maxDepth = 32;
const defaultMaxBytes = 1024 * 1024;

/** The service's own words for every document it refuses to read. */
export function malformedXml(): ServiceError {
  return new ServiceError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

/**
 * Reads one XML document strictly. Refused with 400 `MalformedXML`: anything not well-formed, a DOCTYPE (so no entities but the five of
 * XML), more than 32 levels, more than `maxBytes` (1 MiB unless given).
 */
export function parseXml(text: string, options: { maxBytes?: number } = {}): XmlElement {
  if (Buffer.byteLength(text) > (options.maxBytes ?? defaultMaxBytes)) throw malformedXml();
  // A list, not a single variable: assigned inside callbacks, which the compiler can't follow.
  const roots: OpenElement[] = [];
  const open: OpenElement[] = [];
  const parser = new SaxesParser({ xmlns: false, position: false });
  const addText = (chunk: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += chunk;
  };
  // Handlers may throw: the parser is not used again afterwards.
  parser.on('error', () => {
    throw malformedXml();
  });
  parser.on('doctype', () => {
    throw malformedXml();
  });
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) throw malformedXml();
    const element: OpenElement = { name: localName(tag.name), children: [], text: '' };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  const [root] = roots;
  if (root === undefined) throw malformedXml();
  return root;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
