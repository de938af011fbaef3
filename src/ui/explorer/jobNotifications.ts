import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import type { Formats } from '../../core/view/formats.js';
import { jobEndMessage } from '../../core/view/jobEnd.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { EndedJob, JobStore } from './jobStore.js';

/** Says once that a followed job has ended. Failed tasks are a warning, also when the job is complete. */
export function notifyOfEnds(store: JobStore, { commands, settings, log }: Services, formats: Formats): Disposable {
  const show = (ended: EndedJob): void => {
    const message = jobEndMessage(ended.job, formats);
    if (message === undefined) return;
    log.info(message.text);
    const when = settings.get('s3batch.jobs.notifications');
    if (when === 'never' || (when === 'failures' && message.severity === 'information')) return;
    const openReport: vscode.MessageItem = { title: vscode.l10n.t('Open Report') };
    const items = message.mayHaveReport ? [openReport] : [];
    const shown = {
      information: () => vscode.window.showInformationMessage(message.text, ...items),
      warning: () => vscode.window.showWarningMessage(message.text, ...items),
      error: () => vscode.window.showErrorMessage(message.text, ...items),
    }[message.severity]();
    void shown.then((chosen) => {
      if (chosen === openReport) void commands.execute(Command.jobOpenReport, ended);
    });
  };
  return store.onDidEnd(show);
}
