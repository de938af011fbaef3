import * as vscode from 'vscode';
import type { Services } from '../platform/services.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { jobStatusText } from './jobStatusText.js';

/** One status bar item: while jobs run it opens the Jobs view; when one has ended with failures, the page of that job, until it was looked at. */
export function registerJobStatusItem({ context, jobActivity }: Services): void {
  let item: vscode.StatusBarItem | undefined;
  const show = (): void => {
    const content = jobStatusText(jobActivity.jobs, jobActivity.badEnd, vscode.l10n);
    if (content === undefined) {
      item?.hide();
      return;
    }
    if (item === undefined) {
      item = vscode.window.createStatusBarItem('s3batch.jobs', vscode.StatusBarAlignment.Left, 20);
      item.name = vscode.l10n.t('S3 Batch Jobs');
      context.subscriptions.push(item);
    }
    item.text = content.text;
    item.tooltip = content.tooltip;
    item.accessibilityInformation = { label: content.label, role: 'button' };
    item.backgroundColor =
      content.severity === 'none' ? undefined : new vscode.ThemeColor(`statusBarItem.${content.severity}Background`);
    item.command =
      content.ended === undefined ? 's3batch.jobs.focus' : commandLink(Command.jobShow, vscode.l10n.t('Show Job'), content.ended);
    item.show();
  };
  context.subscriptions.push(jobActivity.onDidChange(show));
}
