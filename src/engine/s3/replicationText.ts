import { createHash } from 'node:crypto';
import type { ReplicationConfiguration, ReplicationRule } from '../objectStore.js';
import { malformedXml, type XmlElement } from '../xml/parseXml.js';
import { childrenNamed, childText, onlyChild } from '../xml/readElement.js';
import { xmlElement } from '../xml/writeXml.js';
import { s3Namespace } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';
import { readTags } from './tagText.js';

/** Source: S3 API Reference, PutBucketReplication: up to 1,000 rules. */
const maxRules = 1000;

/** Reads a replication configuration. What decides which objects go where is understood; the rest is kept and answered with. */
export function readReplication(root: XmlElement): ReplicationConfiguration {
  const role = childText(root, 'Role');
  const elements = childrenNamed(root, 'Rule');
  if (role === undefined || role === '' || elements.length === 0 || elements.length > maxRules) throw malformedXml();
  const rules = elements.map(readRule);
  if (new Set(rules.map(({ id }) => id)).size < rules.length) throw invalidArgument('Rule Id must be unique', 'ID', '');
  const priorities = elements.flatMap((element) => childText(element, 'Priority') ?? []);
  if (new Set(priorities).size < priorities.length) throw invalidArgument('Found duplicate priority', 'Priority', '');
  // A rule without an id is given one, which GetBucketReplication shows.
  const children = root.children.map((child) => {
    const index = elements.indexOf(child);
    const id = rules[index]?.id;
    return id === undefined || onlyChild(child, 'ID') !== undefined
      ? markup(child)
      : xmlElement('Rule', [xmlElement('ID', id), ...child.children.map(markup)]);
  });
  return { role, rules, xml: xmlElement('ReplicationConfiguration', children, s3Namespace) };
}

function readRule(rule: XmlElement): ReplicationRule {
  const status = childText(rule, 'Status');
  const destination = onlyChild(rule, 'Destination');
  const arn = destination === undefined ? undefined : childText(destination, 'Bucket');
  if ((status !== 'Enabled' && status !== 'Disabled') || destination === undefined || arn === undefined) throw malformedXml();
  const bucket = /^arn:[^:]+:s3:::(.+)$/.exec(arn)?.[1];
  if (bucket === undefined) throw invalidArgument('Invalid bucket ARN.', 'Bucket', arn);
  const priority = childText(rule, 'Priority') ?? '0';
  if (!/^\d{1,10}$/.test(priority)) throw malformedXml();
  const filter = onlyChild(rule, 'Filter');
  const and = filter && onlyChild(filter, 'And');
  const criteria = onlyChild(rule, 'SourceSelectionCriteria');
  const kms = criteria && onlyChild(criteria, 'SseKmsEncryptedObjects');
  const encryption = onlyChild(destination, 'EncryptionConfiguration');
  const markers = onlyChild(rule, 'DeleteMarkerReplication');
  const id = childText(rule, 'ID') ?? '';
  return {
    id: id === '' ? createHash('sha256').update(markup(rule)).digest('base64url').slice(0, 48) : id,
    isEnabled: status === 'Enabled',
    priority: Number(priority),
    prefix: textOf(and, 'Prefix') ?? textOf(filter, 'Prefix') ?? childText(rule, 'Prefix') ?? '',
    tags: [...(and === undefined ? [] : readTags(and)), ...(filter === undefined ? [] : readTags(filter))],
    bucket,
    storageClass: childText(destination, 'StorageClass'),
    // Rules of the first version, without a filter, replicate delete markers. Source: S3 User Guide, replication-add-config.
    replicatesDeleteMarkers: filter === undefined || textOf(markers, 'Status') === 'Enabled',
    replicaKmsKeyId: textOf(encryption, 'ReplicaKmsKeyID'),
    includesKmsObjects: textOf(kms, 'Status') === 'Enabled',
  };
}

function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return element === undefined ? undefined : childText(element, name);
}

function markup(element: XmlElement): string {
  return xmlElement(element.name, element.children.length === 0 ? element.text : element.children.map(markup));
}
