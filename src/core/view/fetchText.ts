import type { FetchProgress, FetchResult } from '../job/fetchObjects.js';
import { type Formats, formatCount } from './formats.js';
import { oneLine } from './oneLine.js';

/** How far a fetch is: `12 of 100 objects, 4,096 bytes`. */
export function fetchProgressText({ done, rows, bytes }: FetchProgress, formats: Formats): string {
  const { l10n } = formats;
  return l10n.t('{0} of {1} objects, {2}', formatCount(done, formats), formatCount(rows, formats), bytesText(bytes, formats));
}

/** What a fetch did, and what it left out and why, in sentences. `from` is the name of the place that was read. */
export function fetchLines(result: FetchResult, from: string, formats: Formats): string[] {
  const { l10n } = formats;
  const { fetched, bytes, present, unreadable, withoutTags } = result;
  const lines = [
    fetched === 0
      ? l10n.t('Nothing was fetched from {0}.', from)
      : l10n.t(
          'Fetched from {0}, which was only read: {1}, {2}.',
          from,
          objectsText(fetched, formats),
          bytesText(bytes, formats),
        ),
  ];
  if (present > 0) {
    lines.push(l10n.t('In the local buckets already, and left as they are: {0}.', objectsText(present, formats)));
  }
  for (const { code, objects } of unreadable) {
    lines.push(l10n.t('Not fetched, {0}: {1}.', code, objectsText(objects, formats)));
  }
  if (withoutTags > 0) lines.push(l10n.t('Fetched without tags, which may not be read: {0}.', objectsText(withoutTags, formats)));
  return lines;
}

/** What was fetched while a job ran, after `before`, in sentences; none when it was nothing. */
export function fetchedLaterLines(before: FetchResult, after: FetchResult, formats: Formats): string[] {
  const { l10n } = formats;
  const lines: string[] = [];
  if (after.fetched > before.fetched) {
    const objects = objectsText(after.fetched - before.fetched, formats);
    lines.push(
      l10n.t(
        'Fetched while the job ran, because it looked for them: {0}, {1}.',
        objects,
        bytesText(after.bytes - before.bytes, formats),
      ),
    );
  }
  for (const { code, objects } of after.unreadable) {
    const more = objects - (before.unreadable.find((known) => known.code === code)?.objects ?? 0);
    if (more > 0) lines.push(l10n.t('Looked for by the job and not fetched, {0}: {1}.', code, objectsText(more, formats)));
  }
  return lines;
}

/** What a fetch did, as Markdown, with the objects that were not fetched. */
export function fetchText(jobName: string, from: string, result: FetchResult, formats: Formats): string {
  const { l10n } = formats;
  const [first = '', ...more] = fetchLines(result, from, formats);
  const lines = [
    `# ${l10n.t('Objects fetched for "{0}"', jobName)}`,
    '',
    `**${first}**`,
    '',
    ...more.map((line) => `- ${line}`),
    ...(more.length > 0 ? [''] : []),
    l10n.t(
      'What else the job looks for is fetched when it does, each object once; lists show what is in the local buckets. Nothing is written to AWS.',
    ),
    '',
  ];
  for (const { code, message, objects, samples } of result.unreadable) {
    lines.push(`## ${l10n.t('Not fetched: {0}', code)} (${formatCount(objects, formats)})`, '', `    ${oneLine(message)}`, '');
    for (const { bucket, key, versionId } of samples) {
      const version = versionId === undefined ? '' : ` ${l10n.t('version {0}', versionId)}`;
      lines.push(`- ${oneLine(`s3://${bucket}/${key}`)}${version}`);
    }
    const rest = objects - samples.length;
    if (rest > 0) lines.push('', l10n.t('and {0} more', formatCount(rest, formats)));
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function objectsText(objects: number, formats: Formats): string {
  return objects === 1 ? formats.l10n.t('1 object') : formats.l10n.t('{0} objects', formatCount(objects, formats));
}

function bytesText(bytes: number, formats: Formats): string {
  return formats.l10n.t('{0} bytes', formatCount(bytes, formats));
}
