import * as vscode from 'vscode';
import { type FilterProblem, parseJobFilter, statusWords } from '../../core/view/jobFilter.js';
import type { JobTree } from './jobTree.js';
import type { JobViewState } from './jobViewState.js';
import type { TargetProvider } from './targetProvider.js';

/** Jobs whose tags are read for a filter by tag: each is a request. */
const maxTagged = 100;

/** Asks for a filter; the tree follows every key. Leaving with Escape brings back what was there. */
export async function askFilter(state: JobViewState): Promise<void> {
  const before = state.filterText;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Jobs');
  input.placeholder = 'status:failed,failures operation:lambda tag:team=data age:<7d';
  input.prompt = vscode.l10n.t('Words, and status:, operation:, tag:key=value, age:<7d or age:>2h. Empty shows every job.');
  input.value = before;
  input.ignoreFocusOut = true;
  let isAccepted = false;
  const done = new Promise<void>((resolve) => {
    input.onDidChangeValue((text) => {
      const { problems } = parseJobFilter(text);
      const [first] = problems;
      input.validationMessage = first === undefined ? undefined : problemText(first);
      state.setFilter(text);
    });
    input.onDidAccept(() => {
      isAccepted = true;
      input.hide();
    });
    input.onDidHide(resolve);
  });
  input.show();
  await done;
  if (!isAccepted) {
    state.setFilter(before);
  }
  input.dispose();
}

function problemText({ kind, text }: FilterProblem): string {
  switch (kind) {
    case 'age':
      return vscode.l10n.t('An age is a number and m, h, d or w: age:<7d, not "{0}".', text);
    case 'status':
      return vscode.l10n.t('There is no status "{0}". Possible: {1}.', text, statusWords.join(', '));
    case 'part':
      return vscode.l10n.t('There is no "{0}". Possible: status:, operation:, tag:, age:.', text);
  }
}

/** Reads the tags that a filter by tag needs, of the newest jobs that fit otherwise; the tree follows as they come. */
export async function readTagsFor(
  state: JobViewState,
  tree: JobTree,
  targets: TargetProvider,
  signal: AbortSignal,
): Promise<void> {
  const { filter } = state;
  if (filter === undefined || filter.tags.length === 0) return;
  const wanted = tree.withoutTags();
  if (wanted.length === 0) return;
  try {
    for (const reference of wanted.slice(0, maxTagged)) {
      if (signal.aborted) return;
      const client = await targets.reachable(reference.targetId);
      if (client !== undefined) tree.noteTags(reference, await client.getJobTags(reference.jobId, signal));
    }
  } finally {
    // What was read is shown, also when the rest could not be.
    if (!signal.aborted) state.setFilter(state.filterText);
  }
  if (wanted.length > maxTagged) {
    const text = vscode.l10n.t(
      'The tags of the {0} newest jobs were read; {1} others are left out.',
      maxTagged,
      wanted.length - maxTagged,
    );
    void vscode.window.showInformationMessage(text);
  }
}
