import { assertNever } from '../../base/errors.js';
import { type Formats, formatCount, formatDuration, formatRate, formatTime } from './formats.js';
import { abilitiesOf, hasHandlerLog, type JobAbility } from './jobAbilities.js';
import { groupIcon, groupLabel } from './jobGroups.js';
import { type IconView, outcomeIcon, outcomeOf } from './jobOutcome.js';
import { jobLabel, stateText } from './jobText.js';
import type { JobNode, TargetNode, TreeNode } from './treeNode.js';

/** What a click on a node does. */
export type NodeAction = 'startEngine' | 'openRole' | 'openReport' | 'openManifest' | 'retry' | 'loadMore';

/** How a node looks, as data: the renderer only copies it into a tree item. */
export interface NodeView {
  readonly label: string;
  readonly description?: string;
  /** Plain text, lines separated by newlines. */
  readonly tooltip?: string;
  readonly icon?: IconView;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  /** Words that `when` clauses look for; jobs have abilities instead. */
  readonly context: string;
  readonly abilities?: ReadonlySet<JobAbility>;
  /** What a screen reader says instead of label and description. */
  readonly accessibilityLabel: string;
  readonly action?: NodeAction;
}

export function viewOf(node: TreeNode, formats: Formats): NodeView {
  const { l10n } = formats;
  switch (node.kind) {
    case 'target':
      return {
        label: node.target.label,
        description: node.isStale ? staleText(node, formats) : node.target.region,
        tooltip: node.target.kind === 'local' ? l10n.t('The local engine of this window') : node.target.label,
        icon: { id: node.target.kind === 'local' ? 'vm' : 'cloud' },
        collapsible: 'expanded',
        context: `target ${node.target.kind}`,
        accessibilityLabel: node.isStale
          ? l10n.t('Target {0}, {1}', node.target.label, staleText(node, formats))
          : l10n.t('Target {0}, Region {1}', node.target.label, node.target.region),
      };
    case 'group': {
      const label = groupLabel(node.group, l10n);
      return {
        label,
        description: formatCount(node.count, formats),
        icon: groupIcon(node.group),
        collapsible: 'expanded',
        context: `group ${node.group}`,
        accessibilityLabel: l10n.t('{0}, {1} jobs', label, formatCount(node.count, formats)),
      };
    }
    case 'job':
      return jobView(node, formats);
    case 'detail':
      return {
        label: node.label,
        ...(node.value === undefined ? {} : { description: node.value }),
        ...(node.tooltip === undefined ? {} : { tooltip: node.tooltip }),
        ...(node.icon === undefined ? {} : { icon: node.icon }),
        collapsible: node.children.length === 0 ? 'none' : node.isExpanded === true ? 'expanded' : 'collapsed',
        context: `detail ${node.topic}`,
        accessibilityLabel: node.value === undefined ? node.label : `${node.label}: ${node.value}`,
        ...(node.action === undefined ? {} : { action: node.action }),
      };
    case 'empty':
      return {
        label: node.text,
        ...(node.action === undefined ? {} : { icon: { id: 'play' }, action: node.action }),
        collapsible: 'none',
        context: 'empty',
        accessibilityLabel: node.text,
      };
    case 'error': {
      const text = node.hint === undefined ? node.message : `${node.message}\n${node.hint}`;
      return {
        label: node.message,
        description: l10n.t('Retry'),
        tooltip: text,
        icon: { id: 'warning', color: 'problemsWarningIcon.foreground' },
        collapsible: 'none',
        context: 'error',
        accessibilityLabel: l10n.t('Error: {0} Press Enter to try again.', text),
        action: 'retry',
      };
    }
    case 'loadMore':
      return {
        label: l10n.t('Load more'),
        description: l10n.t('{0} shown', formatCount(node.shown, formats)),
        icon: { id: 'ellipsis' },
        collapsible: 'none',
        context: 'loadMore',
        accessibilityLabel: l10n.t('Load more jobs, {0} shown', formatCount(node.shown, formats)),
        action: 'loadMore',
      };
    default:
      return assertNever(node);
  }
}

function jobView(node: JobNode, formats: Formats): NodeView {
  const { l10n } = formats;
  const { job } = node;
  const label = jobLabel(job);
  const state = [stateText(job, formats), ...paceTexts(node, formats)].join(' · ');
  const description = node.targetLabel === undefined ? state : `${state} · ${node.targetLabel}`;
  return {
    label,
    description,
    icon: outcomeIcon(outcomeOf(job.Status, job.ProgressSummary)),
    collapsible: 'collapsed',
    context: 'job',
    abilities: jobAbilities(node),
    accessibilityLabel:
      node.targetLabel === undefined
        ? l10n.t('Job {0}, {1}', label, state)
        : l10n.t('Job {0}, {1}, on {2}', label, state, node.targetLabel),
  };
}

function jobAbilities({ job, descriptor, isPinned, isOnAws }: JobNode): ReadonlySet<JobAbility> {
  return new Set<JobAbility>([
    ...abilitiesOf(job, descriptor),
    isPinned === true ? 'unpinnable' : 'pinnable',
    ...(isOnAws === true ? (['onAws'] as const) : hasHandlerLog(job) ? (['logged'] as const) : []),
  ]);
}

/** How fast, and how long it will take as it goes now. */
function paceTexts({ pace }: JobNode, formats: Formats): string[] {
  if (pace === undefined || pace.tasksPerSecond === 0) return [];
  const { l10n } = formats;
  const rate = formatRate(pace.tasksPerSecond, formats);
  return pace.remainingSeconds === undefined
    ? [rate]
    : [rate, l10n.t('{0} left', formatDuration(Math.ceil(pace.remainingSeconds), formats))];
}

function staleText({ target, readAt }: TargetNode, formats: Formats): string {
  const { l10n } = formats;
  return readAt === undefined
    ? l10n.t('{0} · could not be read', target.region)
    : l10n.t('{0} · not up to date, as of {1}', target.region, formatTime(readAt, formats));
}

/** Plain text, lines separated by newlines: made when somebody hovers, because formatting times of ten thousand jobs takes its time. */
export function jobTooltip(node: JobNode, formats: Formats): string {
  const { l10n } = formats;
  const { job } = node;
  return [
    jobLabel(job),
    [stateText(job, formats), ...paceTexts(node, formats)].join(' · '),
    l10n.t('Job ID: {0}', job.JobId),
    ...(job.Operation === undefined ? [] : [l10n.t('Operation: {0}', job.Operation)]),
    ...(job.Priority === undefined ? [] : [l10n.t('Priority: {0}', job.Priority)]),
    ...(job.CreationTime === undefined ? [] : [l10n.t('Created: {0}', formatTime(job.CreationTime, formats))]),
    ...(job.TerminationDate === undefined ? [] : [l10n.t('Ended: {0}', formatTime(job.TerminationDate, formats))]),
  ].join('\n');
}
