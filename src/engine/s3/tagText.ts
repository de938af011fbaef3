import type { Tag } from '../objectStore.js';
import { malformedXml, parseXml, type XmlElement } from '../xml/parseXml.js';
import { childrenNamed, childText, onlyChild } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { s3Namespace } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';

/** The value of `x-amz-tagging`: `key=value&key=value`, form-encoded. */
export function readTagHeader(text: string): readonly Tag[] {
  const tags = [...new URLSearchParams(text)].map(([key, value]) => ({ key, value }));
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      text,
    );
  }
  return tags;
}

/** The body of PutObjectTagging. */
export function readTagging(text: string): readonly Tag[] {
  const root = parseXml(text);
  const set = onlyChild(root, 'TagSet');
  if (root.name !== 'Tagging' || set === undefined) throw malformedXml();
  return readTags(set);
}

/** The `Tag` children of an element. */
export function readTags(parent: XmlElement): readonly Tag[] {
  return childrenNamed(parent, 'Tag').map((tag) => {
    const [key, value] = [childText(tag, 'Key'), childText(tag, 'Value')];
    if (key === undefined || value === undefined) throw malformedXml();
    return { key, value };
  });
}

/** The answer of GetObjectTagging. */
export function writeTagging(tags: readonly Tag[]): string {
  const set = tags.map(({ key, value }) => xmlElement('Tag', [xmlElement('Key', key), xmlElement('Value', value)]));
  return xmlDocument(xmlElement('Tagging', [xmlElement('TagSet', set)], s3Namespace));
}
