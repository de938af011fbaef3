import * as vscode from 'vscode';
import { type FilterProblem, parseJobFilter, statusWords } from '../../core/view/jobFilter.js';
import type { JobReference } from '../platform/commandTypes.js';
import type { JobTree } from './jobTree.js';
import type { JobStore } from './jobStore.js';
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
  store: JobStore,
  tree: JobTree,
  targets: TargetProvider,
  signal: AbortSignal,
): Promise<void> {
  const { filter } = state;
  if (filter === undefined || filter.tags.length === 0) return;
  const wanted: JobReference[] = store.targets
    .flatMap(({ target, list }) => (list?.jobs ?? []).map((job) => ({ targetId: target.id, jobId: job.JobId })))
    .filter((reference) => !tree.hasTags(reference))
    .slice(0, maxTagged);
  for (const reference of wanted) {
    if (signal.aborted) return;
    const client = await targets.reachable(reference.targetId);
    if (client !== undefined) tree.noteTags(reference, await client.getJobTags(reference.jobId, signal));
  }
  if (wanted.length > 0) state.setFilter(state.filterText);
}
