import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.js';
import { errorMessage } from '../../base/errors.js';
import { signInCommand } from '../../core/job/signIn.js';
import type { Commands } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import type { JobStore } from './jobStore.js';
import { SignInWatch } from './signInWatch.js';

/** Says once that the sign-in of a target has ended while its jobs were watched, and offers the command that signs in again. */
export function notifyOfSignIn(store: JobStore, commands: Commands): Disposable {
  const watch = new SignInWatch();
  return store.onDidChange(({ targetId }) => {
    const state = store.state(targetId);
    if (state === undefined || !watch.hasEnded(state)) return;
    const { target, error } = state;
    const command = signInCommand(error);
    const signIn: vscode.MessageItem = { title: vscode.l10n.t('Sign In in Terminal') };
    const again: vscode.MessageItem = { title: vscode.l10n.t('Try Again') };
    const text = vscode.l10n.t('The jobs of {0} are no longer up to date. {1}', target.label, errorMessage(error));
    void vscode.window.showWarningMessage(text, ...(command === undefined ? [] : [signIn]), again).then((chosen) => {
      if (chosen === again) void commands.execute(Command.jobsRefresh);
      if (chosen !== signIn || command === undefined) return;
      const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('Sign In to {0}', target.label) });
      terminal.show();
      // The line is shown and waits for Enter: nothing runs that was not read before.
      terminal.sendText(command, false);
    });
  });
}
