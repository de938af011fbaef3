import { type Formats, formatCount } from '../view/formats.js';
import { oneLine } from '../view/oneLine.js';
import { type ChangeCount, type ChangedObject, type ChangeOutcome, countChanges } from './changeList.js';
import type { ObjectState } from './storeChange.js';

/** A place in the text that opens something. Lines and columns are 0-based. */
export interface ChangeLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** `object`: as it is now. `before`: as it was. `compare`: both side by side. */
  readonly opens: 'object' | 'before' | 'compare';
  readonly object: Pick<ChangedObject, 'bucket' | 'key' | 'kept'>;
}

export interface ChangesText {
  /** Markdown. */
  readonly text: string;
  readonly links: readonly ChangeLink[];
}

const maxListed = 1000;

/** `1,204 objects copied, 3 overwritten, 12 deleted`; empty when nothing was changed. */
export function changeSummary(counts: readonly ChangeCount[], formats: Formats): string {
  const { l10n } = formats;
  return counts
    .map(({ what, objects }, index) => {
      const number = formatCount(objects, formats);
      const noun = objects === 1 ? l10n.t('1 object') : l10n.t('{0} objects', number);
      return `${index === 0 ? noun : number} ${changeWord(what, formats)}`;
    })
    .join(', ');
}

/** All that a job changed in the local store, for people: how many, then which, by what became of them. */
export function changesText(jobName: string, objects: readonly ChangedObject[], formats: Formats): ChangesText {
  const { l10n } = formats;
  const summary = changeSummary(countChanges(objects), formats);
  const lines = [
    `# ${l10n.t('Changes by "{0}"', jobName)}`,
    '',
    `**${summary === '' ? l10n.t('No object was changed.') : summary}**`,
    '',
    l10n.t('All of it in the local store: nothing was written to AWS.'),
    '',
  ];
  const links: ChangeLink[] = [];
  for (const outcome of outcomes) {
    const found = objects.filter((object) => object.outcome === outcome);
    if (found.length === 0) continue;
    addSection(lines, heading(outcome, formats), found, formats, (object, line) => objectLine(object, line, links, formats));
  }
  return { text: `${lines.join('\n').trimEnd()}\n`, links };
}

/** A heading with a count, and a line for each item up to a thousand; `lineOf` gets the number of its line. */
export function addSection<T>(
  lines: string[],
  title: string,
  items: readonly T[],
  formats: Formats,
  lineOf: (item: T, line: number) => string,
): void {
  lines.push(`## ${title} (${formatCount(items.length, formats)})`, '');
  for (const item of items.slice(0, maxListed)) lines.push(lineOf(item, lines.length));
  const more = items.length - maxListed;
  if (more > 0) lines.push('', formats.l10n.t('and {0} more', formatCount(more, formats)));
  lines.push('');
}

const outcomes: readonly ChangeOutcome[] = ['overwritten', 'deleted', 'changed', 'copied', 'created', 'rewritten', 'passing'];

/** What became of an object. `links` gets the places of the line that open something. */
export function objectLine(object: ChangedObject, line: number, links: ChangeLink[], formats: Formats): string {
  const { l10n } = formats;
  let text = '- ';
  const link = (words: string, opens: ChangeLink['opens']): void => {
    links.push({ line, start: text.length, end: text.length + words.length, opens, object });
    text += words;
  };
  const name = uriText(object);
  if (object.after === null) text += name;
  else link(name, 'object');
  if (object.versionId !== undefined) text += ` ${l10n.t('version {0}', object.versionId)}`;
  if (object.source !== undefined && object.outcome !== 'changed') {
    text += ` ${l10n.t('from {0}', uriText(object.source))}`;
  }
  text += `, ${sizesText(object.before, object.after, formats)}`;
  for (const { kind, was, is } of object.aspects) {
    text += `; ${changeWord(kind, formats)}: ${aspectText(was, formats)} → ${aspectText(is, formats)}`;
  }
  if (object.kept !== undefined) {
    text += ' ';
    if (object.after === null) link(l10n.t('[before]'), 'before');
    else link(l10n.t('[compare]'), 'compare');
  }
  return text;
}

/** What the engine keeps of an aspect, for people: tags as `team=red, stage=new`, none as such, a text as it is, anything else as JSON. */
function aspectText(value: unknown, { l10n }: Formats): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return l10n.t('none');
  if (typeof value === 'string') return oneLine(value);
  const tags = Array.isArray(value) ? value.map(tagText) : [undefined];
  return tags.every((tag) => tag !== undefined) ? tags.join(', ') : JSON.stringify(value);
}

function tagText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { key, value: text, ...more } = value as Readonly<Record<string, unknown>>;
  const isTag = typeof key === 'string' && typeof text === 'string' && Object.keys(more).length === 0;
  return isTag ? oneLine(`${key}=${text}`) : undefined;
}

/** A key may hold line breaks, which would shift every link below. */
export function uriText({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `s3://${bucket}/${key}`.replaceAll(/\p{Control}/gu, '�');
}

function sizesText(before: ObjectState | null, after: ObjectState | null, formats: Formats): string {
  const size = (state: ObjectState): string => formats.l10n.t('{0} bytes', formatCount(state.sizeBytes, formats));
  if (before === null || after === null) {
    const only = before ?? after;
    return only === null ? '' : size(only);
  }
  return before.etag === after.etag ? size(after) : `${size(before)} → ${size(after)}`;
}

function heading(outcome: ChangeOutcome, { l10n }: Formats): string {
  switch (outcome) {
    case 'copied':
      return l10n.t('Copied');
    case 'created':
      return l10n.t('Created');
    case 'overwritten':
      return l10n.t('Overwritten');
    case 'rewritten':
      return l10n.t('Written again with the same bytes');
    case 'deleted':
      return l10n.t('Deleted');
    case 'passing':
      return l10n.t('Created and deleted again');
    case 'changed':
      return l10n.t('Changed beside their bytes');
  }
}

function changeWord(what: ChangeCount['what'], { l10n }: Formats): string {
  switch (what) {
    case 'copied':
    case 'copy':
      return l10n.t('copied');
    case 'created':
    case 'put':
      return l10n.t('created');
    case 'overwritten':
      return l10n.t('overwritten');
    case 'rewritten':
      return l10n.t('written again with the same bytes');
    case 'deleted':
    case 'remove':
      return l10n.t('deleted');
    case 'passing':
      return l10n.t('created and deleted again');
    case 'changed':
      return l10n.t('changed');
    case 'tags':
      return l10n.t('tagged');
    case 'acl':
      return l10n.t('given another ACL');
    case 'retention':
      return l10n.t('given another retention');
    case 'legalHold':
      return l10n.t('given another legal hold');
    case 'restore':
      return l10n.t('restored');
    case 'encryption':
      return l10n.t('encrypted otherwise');
    case 'replicationStatus':
      return l10n.t('given another replication status');
  }
}
