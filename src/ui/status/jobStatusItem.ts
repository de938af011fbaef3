import * as vscode from 'vscode';
import type { Services } from '../platform/services.js';
import { jobStatusText } from './jobStatusText.js';

/** One status bar item, there only while jobs run; it opens the Jobs view. */
export function registerJobStatusItem({ context, jobActivity }: Services): void {
  let item: vscode.StatusBarItem | undefined;
  const show = (): void => {
    const content = jobStatusText(jobActivity.jobs, vscode.l10n);
    if (content === undefined) {
      item?.hide();
      return;
    }
    if (item === undefined) {
      item = vscode.window.createStatusBarItem('s3batch.jobs', vscode.StatusBarAlignment.Left, 20);
      item.name = vscode.l10n.t('S3 Batch Jobs');
      item.command = 's3batch.jobs.focus';
      context.subscriptions.push(item);
    }
    item.text = content.text;
    item.tooltip = content.tooltip;
    item.accessibilityInformation = { label: content.label, role: 'button' };
    item.backgroundColor = content.hasFailures ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  context.subscriptions.push(jobActivity.onDidChange(show));
}
