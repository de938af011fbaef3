import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import type { Formats } from '../../core/view/formats.js';
import { awayMessage, type JobEndMessage, jobEndMessage } from '../../core/view/jobEnd.js';
import { outcomeOf } from '../../core/view/jobOutcome.js';
import { jobLabel, stateText } from '../../core/view/jobText.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { FollowedEnd, JobStore } from './jobStore.js';
import { localTargetId } from './localTargetId.js';

/** Ends that are seen within this time of each other are one message: a window that was away may see many at once. */
const gatherMs = 1500;

/** Says once that a followed job has ended. Failed tasks are a warning, also when the job is complete. */
export function notifyOfEnds(
  store: JobStore,
  { commands, settings, log, clock, jobActivity }: Services,
  formats: Formats,
): Disposable {
  let away: FollowedEnd[] = [];
  const isWanted = (message: JobEndMessage): boolean => {
    const when = settings.get('s3batch.jobs.notifications');
    return when === 'always' || (when === 'failures' && message.severity !== 'information');
  };
  const showOne = (ended: FollowedEnd): void => {
    const message = jobEndMessage(ended.job, formats);
    if (message === undefined) return;
    log.info(message.text);
    if (!isWanted(message)) return;
    const openReport: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
    const retry: vscode.MessageItem = { title: vscode.l10n.t('Retry Failed Tasks…') };
    const showChanges: vscode.MessageItem = { title: vscode.l10n.t('Show Changes') };
    const { targetId, jobId } = ended;
    const items = [
      ...(message.mayHaveReport ? [openReport, ...(hasFailures(ended.job) ? [retry] : [])] : []),
      // Of other jobs nobody records what they change.
      ...(targetId === localTargetId ? [showChanges] : []),
    ];
    void show(message, items).then((chosen) => {
      if (chosen !== undefined) jobActivity.looked({ targetId, jobId });
      if (chosen === openReport) void commands.execute(Command.jobOpenReport, ended);
      if (chosen === showChanges) void commands.execute(Command.jobShowChanges, { targetId, jobId });
      if (chosen === retry) void commands.execute(Command.reportRetry, { targetId, jobId });
    });
  };
  const showAway = (): void => {
    const ended = away;
    away = [];
    const [first] = ended;
    if (first === undefined) return;
    if (ended.length === 1) {
      showOne(first);
      return;
    }
    const message = awayMessage(
      ended.map(({ job }) => job),
      formats,
    );
    log.info(message.text);
    if (!isWanted(message)) return;
    const showJobs: vscode.MessageItem = { title: vscode.l10n.t('Show Jobs') };
    void show(message, [showJobs]).then((chosen) => {
      if (chosen === showJobs) void vscode.commands.executeCommand('s3batch.jobs.focus');
    });
  };
  return store.onDidEnd((ended) => {
    const { targetId, jobId, job } = ended;
    const outcome = outcomeOf(job.Status, job.ProgressSummary);
    // Said in the status bar whatever the setting: it is quiet, and "Complete" alone would hide it.
    if (outcome === 'completeWithFailures' || outcome === 'failed') {
      const severity = outcome === 'failed' ? 'error' : 'warning';
      jobActivity.noteBadEnd({ targetId, jobId, label: jobLabel(job), state: stateText(job, formats), severity });
    }
    if (!ended.wasAway) {
      showOne(ended);
      return;
    }
    if (away.length === 0) clock.schedule(gatherMs, showAway);
    away.push(ended);
  });
}

function hasFailures({ ProgressSummary: summary }: FollowedEnd['job']): boolean {
  return (summary?.NumberOfTasksFailed ?? 0) > 0;
}

function show({ severity, text }: JobEndMessage, items: vscode.MessageItem[]): Thenable<vscode.MessageItem | undefined> {
  switch (severity) {
    case 'information':
      return vscode.window.showInformationMessage(text, ...items);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...items);
    case 'error':
      return vscode.window.showErrorMessage(text, ...items);
  }
}
