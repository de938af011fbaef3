import * as vscode from 'vscode';
import {
  type Answers,
  answer,
  back,
  canGoBack,
  currentQuestion,
  offeredValue,
  startWizard,
  stepOf,
} from '../../core/wizard/form.js';
import { addTargetChoice, type Rehearsal, RehearsalQuestionId, rehearsalForm } from '../../core/wizard/rehearsalForm.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import type { Commands } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { askQuestion } from '../wizard/askQuestion.js';

/** The answers of the last time, by job file: whoever rehearses does so again and again. */
const remembered = new Map<string, Answers>();

/** Asks how a job file is to be tried. Rejects with the cancellation error when the person leaves. */
export async function askRehearsal(jobFile: vscode.Uri, targets: TargetProvider, commands: Commands): Promise<Rehearsal> {
  const key = jobFile.toString();
  let form = rehearsalForm(targets.targets, vscode.l10n);
  let state = startWizard(form, {}, remembered.get(key));
  for (let question = currentQuestion(form, state); question !== undefined; question = currentQuestion(form, state)) {
    const asked = await askQuestion(question, {
      ...stepOf(form, state),
      title: form.title,
      canGoBack: canGoBack(form, state),
      answers: state.answers,
      offered: offeredValue(question, state),
    });
    if (asked.kind === 'back') {
      state = back(form, state, { value: asked.draft }) ?? state;
    } else if (question.id === RehearsalQuestionId.objects && asked.value === addTargetChoice) {
      const added = await commands.execute(Command.targetAdd);
      form = rehearsalForm(targets.targets, vscode.l10n);
      // The same question again, with the target that is there now.
      if (added !== undefined) state = { ...state, answers: { ...state.answers, [question.id]: added } };
    } else {
      state = answer(form, state, asked.value);
    }
  }
  remembered.set(key, state.answers);
  return form.rehearsal(state.answers);
}
