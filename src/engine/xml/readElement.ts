import { malformedXml, type XmlElement } from './parseXml.js';

/** The only child of that name, undefined when there is none. Two of them are 400 `MalformedXML`. */
export function onlyChild(element: XmlElement, name: string): XmlElement | undefined {
  const found = element.children.filter((child) => child.name === name);
  if (found.length > 1) throw malformedXml();
  return found[0];
}

/** Text of the only child of that name, undefined when there is none. A child with elements of its own is 400 `MalformedXML`. */
export function childText(element: XmlElement, name: string): string | undefined {
  const child = onlyChild(element, name);
  if (child !== undefined && child.children.length > 0) throw malformedXml();
  return child?.text;
}

/** All children of that name, in order. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
