import { parseObjectArn, parseBucketArn, parseFunctionArn, parseRoleArn } from '../job/arn.js';
import type { JobDescriptor, Tag } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import { findOperation } from '../operations/catalogue.js';
import type { OperationDefinition } from '../operations/operation.js';
import { isRecord } from '../operations/validateShape.js';
import { reportKeys } from '../report/reportManifest.js';
import { type Formats, formatCount, formatDuration, formatTime } from './formats.js';
import { hasEnded } from './jobOutcome.js';
import { statusText } from './jobText.js';
import { type DetailNode, type DetailTopic, jobNodeId } from './treeNode.js';
import { jobFailureText } from './jobFailureText.js';

/** What is shown below a job, from its description and its tags. `tags` is undefined when they could not be read. */
export function jobDetails(
  target: Target,
  job: JobDescriptor,
  tags: readonly Tag[] | undefined,
  formats: Formats,
): readonly DetailNode[] {
  const build = detailBuilder(target, job);
  return [
    ...failureDetails(job, build, formats),
    operationDetail(job, build, formats),
    ...manifestDetail(target, job, build, formats),
    reportDetail(job, build, formats),
    ...roleDetail(target, job, build, formats),
    build('priority', {
      topic: 'priority',
      label: formats.l10n.t('Priority'),
      value: formatCount(job.Priority, formats),
      icon: { id: 'list-ordered' },
    }),
    timelineDetail(job, build, formats),
    ...tagDetail(tags, build, formats),
    build('jobId', { topic: 'jobId', label: formats.l10n.t('Job ID'), value: job.JobId, icon: { id: 'key' } }),
  ];
}

/** Where the completion report of a job is, from its description; undefined when it has none. */
export function reportLocation(job: JobDescriptor): { bucket: string; folder: string; manifestKey: string } | undefined {
  if (job.Report?.Enabled !== true || job.Report.Bucket === undefined) return undefined;
  const bucket = parseBucketArn(job.Report.Bucket)?.bucket;
  if (bucket === undefined) return undefined;
  const keys = reportKeys(job.Report.Prefix, job.JobId);
  return { bucket, folder: keys.folder, manifestKey: keys.manifest };
}

/** The operation of a job in words: `Invoke AWS Lambda function rename-reports`. */
export function operationText(job: JobDescriptor): string {
  const { name, definition, functionName } = operationOf(job);
  const label = definition?.label ?? name;
  return functionName === undefined ? label : `${label} ${functionName}`;
}

function operationOf(job: JobDescriptor): {
  readonly name: string;
  readonly parameters: unknown;
  readonly definition: OperationDefinition | undefined;
  readonly functionName: string | undefined;
} {
  const [name = '', parameters] = Object.entries(job.Operation ?? {})[0] ?? [];
  const functionArn = isRecord(parameters) ? parameters['FunctionArn'] : undefined;
  const functionName = typeof functionArn === 'string' ? (parseFunctionArn(functionArn)?.name ?? functionArn) : undefined;
  return { name, parameters, definition: findOperation(name), functionName };
}

type DetailParts = Partial<Omit<DetailNode, 'kind' | 'id' | 'targetId' | 'jobId'>> & { readonly label: string };
type Build = (path: string, parts: DetailParts) => DetailNode;

function detailBuilder(target: Target, job: JobDescriptor): Build {
  const prefix = jobNodeId(target.id, job.JobId);
  return (path, parts) => ({
    kind: 'detail',
    id: `${prefix}/${path}`,
    targetId: target.id,
    jobId: job.JobId,
    topic: 'value',
    children: [],
    ...parts,
  });
}

function failureDetails(job: JobDescriptor, build: Build, { l10n }: Formats): DetailNode[] {
  const reasons = job.FailureReasons ?? [];
  if (reasons.length === 0) return [];
  return [
    build('failures', {
      topic: 'failures',
      label: l10n.t('Reasons for failure'),
      icon: { id: 'error', color: 'testing.iconFailed' },
      isExpanded: true,
      children: reasons.map((failure, index) => {
        const { said, meaning } = jobFailureText(failure);
        return build(`failures/${index}`, {
          topic: 'failures',
          label: failure.FailureReason ?? failure.FailureCode ?? l10n.t('Unknown'),
          ...(failure.FailureCode === undefined ? {} : { value: failure.FailureCode }),
          tooltip: [said, ...(meaning === undefined ? [] : [meaning])].join('\n\n'),
          isExpanded: true,
          children:
            meaning === undefined
              ? []
              : [
                  build(`failures/${index}/meaning`, {
                    topic: 'failures',
                    label: meaning,
                    tooltip: meaning,
                    icon: { id: 'lightbulb' },
                  }),
                ],
        });
      }),
    }),
  ];
}

function operationDetail(job: JobDescriptor, build: Build, { l10n }: Formats): DetailNode {
  const { name, parameters, definition, functionName } = operationOf(job);
  const value = functionName ?? definition?.label ?? name;
  return build('operation', {
    topic: 'operation',
    label: functionName === undefined ? l10n.t('Operation') : (definition?.label ?? name),
    value,
    ...(definition === undefined ? {} : { tooltip: definition.doc }),
    icon: { id: 'symbol-method' },
    children: valueNodes(parameters, 'operation', build),
  });
}

/** The members of a structure as nodes, nested ones below theirs. */
function valueNodes(value: unknown, path: string, build: Build): DetailNode[] {
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, index) => [String(index + 1), item])
    : isRecord(value)
      ? Object.entries(value)
      : [];
  return entries.map(([name, member]) => {
    const isNested = typeof member === 'object' && member !== null;
    return build(`${path}/${name}`, {
      label: name,
      ...(isNested ? { children: valueNodes(member, `${path}/${name}`, build) } : { value: String(member) }),
    });
  });
}

function manifestDetail(target: Target, job: JobDescriptor, build: Build, { l10n }: Formats): DetailNode[] {
  if (job.Manifest === undefined) {
    if (job.ManifestGenerator === undefined) return [];
    return [
      build('manifest', {
        topic: 'manifest',
        label: l10n.t('Manifest'),
        value: l10n.t('generated by the service'),
        icon: { id: 'list-flat' },
        children: valueNodes(job.ManifestGenerator, 'manifest', build),
      }),
    ];
  }
  const { Location, Spec } = job.Manifest;
  const object = parseObjectArn(Location.ObjectArn);
  const uri = object === undefined ? Location.ObjectArn : `s3://${object.bucket}/${object.key}`;
  const rows: [string, string, string | undefined][] = [
    ['format', l10n.t('Format'), Spec.Format],
    ['fields', l10n.t('Columns'), Spec.Fields?.join(', ')],
    ['etag', 'ETag', Location.ETag],
    ['version', l10n.t('Version'), Location.ObjectVersionId],
  ];
  return [
    build('manifest', {
      topic: 'manifest',
      label: l10n.t('Manifest'),
      value: uri,
      tooltip: uri,
      icon: { id: 'list-flat' },
      // The objects of the local engine are files of this machine.
      ...(target.kind === 'local' && object !== undefined ? { action: 'openManifest' as const } : {}),
      children: rows.flatMap(([path, label, value]) =>
        value === undefined ? [] : [build(`manifest/${path}`, { label, value, tooltip: value })],
      ),
    }),
  ];
}

function reportDetail(job: JobDescriptor, build: Build, { l10n }: Formats): DetailNode {
  const location = reportLocation(job);
  if (location === undefined) {
    return build('report', { topic: 'report', label: l10n.t('Report'), value: l10n.t('none'), icon: { id: 'output' } });
  }
  const uri = `s3://${location.bucket}/${location.folder}/`;
  const isWritten = hasEnded(job.Status);
  return build('report', {
    topic: 'report',
    label: l10n.t('Report'),
    value: job.Report?.ReportScope === 'FailedTasksOnly' ? l10n.t('{0} (failed tasks only)', uri) : uri,
    tooltip: isWritten ? uri : l10n.t('{0} (written when the job ends)', uri),
    icon: { id: 'output' },
    ...(isWritten ? { action: 'openReport' as const } : {}),
  });
}

function roleDetail(target: Target, job: JobDescriptor, build: Build, { l10n }: Formats): DetailNode[] {
  if (job.RoleArn === undefined) return [];
  const name = parseRoleArn(job.RoleArn)?.name;
  return [
    build('role', {
      topic: 'role',
      label: l10n.t('Job role'),
      value: name ?? job.RoleArn,
      tooltip: job.RoleArn,
      icon: { id: 'shield' },
      // The local engine has no roles.
      ...(target.kind === 'aws' && name !== undefined ? { action: 'openRole' as const } : {}),
    }),
  ];
}

function timelineDetail(job: JobDescriptor, build: Build, formats: Formats): DetailNode {
  const { l10n } = formats;
  const children: DetailNode[] = [];
  const add = (path: string, label: string, time: string | undefined, note?: string): void => {
    if (time === undefined) return;
    const value = formatTime(time, formats);
    children.push(
      build(`timeline/${path}`, {
        topic: 'timeline',
        label,
        value: note === undefined ? value : `${value} · ${note}`,
        tooltip: time,
      }),
    );
  };
  add('created', l10n.t('Created'), job.CreationTime);
  add('suspended', l10n.t('Suspended'), job.SuspendedDate, job.SuspendedCause);
  const activeSeconds = job.ProgressSummary?.Timers?.ElapsedTimeInActiveSeconds;
  if (activeSeconds !== undefined) {
    const value = formatDuration(activeSeconds, formats);
    children.push(build('timeline/active', { topic: 'timeline', label: l10n.t('Active for'), value }));
  }
  add('ended', hasEnded(job.Status) ? statusText(job.Status, formats) : l10n.t('Ended'), job.TerminationDate);
  if (job.StatusUpdateReason !== undefined && job.StatusUpdateReason !== '') {
    children.push(build('timeline/reason', { topic: 'timeline', label: l10n.t('Reason given'), value: job.StatusUpdateReason }));
  }
  return build('timeline', {
    topic: 'timeline',
    label: l10n.t('Timeline'),
    value: statusText(job.Status, formats),
    icon: { id: 'history' },
    children,
  });
}

function tagDetail(tags: readonly Tag[] | undefined, build: Build, { l10n }: Formats): DetailNode[] {
  if (tags === undefined) {
    return [build('tags', { topic: 'tags', label: l10n.t('Tags'), value: l10n.t('could not be read'), icon: { id: 'tag' } })];
  }
  if (tags.length === 0) return [];
  const topic: DetailTopic = 'tags';
  const children = tags.map((tag) => build(`tags/${tag.Key}`, { topic, label: tag.Key, value: tag.Value }));
  return [build('tags', { topic, label: l10n.t('Tags'), value: String(tags.length), icon: { id: 'tag' }, children })];
}
