import type { JobPage, PageAction, PageCause, PageFact } from '../core/view/jobPage.js';
import type { TimelineItem } from '../core/view/jobTimeline.js';
import { drawBar, drawPlot } from './plot.js';

/** What VS Code gives to a page. */
interface Host {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): Host;

/** Kept by VS Code while the page is hidden and when the window is loaded anew; the host gets it back to know which job it was. */
interface PageState {
  readonly job: unknown;
  readonly page: JobPage;
}

const host = acquireVsCodeApi();
const root = document.querySelector('main');

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: { readonly className?: string; readonly text?: string },
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (properties.className !== undefined) made.className = properties.className;
  // Text only, never markup: names, keys and messages come from anybody.
  if (properties.text !== undefined) made.textContent = properties.text;
  made.append(...children);
  return made;
}

function button(label: string, action: PageAction, className = ''): HTMLButtonElement {
  const made = element('button', { text: label, className });
  made.type = 'button';
  made.dataset['action'] = action;
  made.addEventListener('click', () => host.postMessage({ type: 'act', action }));
  return made;
}

let sections = 0;

/** A region with a name, which screen readers list. */
function section(heading: string, ...children: readonly Node[]): HTMLElement {
  const title = element('h2', { text: heading });
  title.id = `section-${(sections += 1)}`;
  const made = element('section', {}, title, ...children);
  made.setAttribute('aria-labelledby', title.id);
  return made;
}

function factList(facts: readonly PageFact[]): HTMLDListElement {
  const list = element('dl', {});
  for (const { label, value, action, facts: inner } of facts) {
    const content = action === undefined ? element('span', { text: value }) : button(value, action, 'link');
    list.append(element('dt', { text: label }), element('dd', {}, content, ...(inner.length === 0 ? [] : [factList(inner)])));
  }
  return list;
}

function causeItem({ title, amount, share, detail }: PageCause): HTMLLIElement {
  const bar = element('progress', {});
  bar.max = 1;
  bar.value = share;
  bar.setAttribute('aria-label', `${title}: ${amount}`);
  return element(
    'li',
    {},
    element('div', { className: 'cause' }, element('strong', { text: title }), element('span', { text: amount })),
    bar,
    element('pre', { text: detail }),
  );
}

function timelineItem({ label, time, iso, outcome, isNow }: TimelineItem): HTMLLIElement {
  const when = element('time', { text: time });
  if (iso !== '') when.dateTime = iso;
  const item = element('li', { className: outcome }, element('span', { text: label }), when);
  if (isNow) item.setAttribute('aria-current', 'step');
  return item;
}

function table({ summary, columns, rows }: JobPage['plot']['table']): HTMLDetailsElement {
  const heads = columns.map((text) => {
    const head = element('th', { text });
    head.scope = 'col';
    return head;
  });
  const body = rows.map((cells) => element('tr', {}, ...cells.map((text) => element('td', { text }))));
  return element(
    'details',
    {},
    element('summary', { text: summary }),
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...body)),
  );
}

function plotParts({ plot, bar, progress }: JobPage): readonly Node[] {
  const label = `${plot.heading}: ${progress}`;
  const legend = (...ends: readonly [string, string]): HTMLElement =>
    element(
      'div',
      { className: 'legend' },
      element('span', { text: ends[0] }),
      element('span', { className: 'succeeded', text: plot.succeededLabel }),
      element('span', { className: 'failed', text: plot.failedLabel }),
      element('span', { text: ends[1] }),
    );
  if (plot.points.length >= 2) {
    return [
      element('div', { className: 'axis', text: plot.topLabel }),
      drawPlot(plot, label),
      legend(plot.startLabel, plot.endLabel),
      table(plot.table),
    ];
  }
  const note = element('p', { className: 'note', text: plot.empty });
  return bar === undefined ? [note] : [drawBar(bar, label), legend('', plot.topLabel), note];
}

const parts = new Map<string, { readonly data: string; readonly node: HTMLElement }>();

/** A part of the page that is made anew only when what it shows is different: focus, selection and what was opened stay. */
function part(name: string, data: unknown, make: () => HTMLElement): void {
  const known = parts.get(name);
  const text = JSON.stringify(data) ?? '';
  if (known?.data === text) return;
  const node = make();
  // Whoever stands on a button stays there, and what was opened stays open.
  const focused = known?.node.contains(document.activeElement) === true ? (document.activeElement as HTMLElement) : undefined;
  const isOpen = known?.node.querySelector('details')?.open ?? false;
  if (known === undefined) root?.append(node);
  else known.node.replaceWith(node);
  parts.set(name, { data: text, node });
  const details = node.querySelector('details');
  if (details !== null) details.open = isOpen;
  const { action } = focused?.dataset ?? {};
  if (action !== undefined) node.querySelector<HTMLElement>(`[data-action="${CSS.escape(action)}"]`)?.focus();
  else if (focused?.localName === 'summary') node.querySelector('summary')?.focus();
}

function showProblem(problem: JobPage['problem']): void {
  part('problem', problem, () => {
    const box = element('div', { className: 'problem' });
    box.setAttribute('role', 'alert');
    if (problem !== undefined) box.append(element('span', { text: problem.text }), button(problem.again, 'refresh'));
    return box;
  });
}

function show(page: JobPage): void {
  const { plot, facts, causes, request, timeline, buttons } = page;
  part('header', [page.title, page.subtitle], () =>
    element('header', {}, element('h1', { text: page.title }), element('p', { className: 'subtitle', text: page.subtitle })),
  );
  showProblem(page.problem);
  // Made once: a screen reader follows changes of what is there, not something that comes new.
  part('state', '', () => {
    const live = element('p', {});
    live.setAttribute('role', 'status');
    return live;
  });
  const live = parts.get('state')?.node;
  if (live !== undefined) {
    live.className = `state ${page.outcome}`;
    if (live.textContent !== page.progress) live.textContent = page.progress;
  }
  part('buttons', buttons, () =>
    element('div', { className: 'buttons' }, ...buttons.map(({ label, action }) => button(label, action))),
  );
  part('plot', [plot, page.bar], () => section(plot.heading, ...plotParts(page)));
  part('timeline', [timeline.items, timeline.facts], () =>
    section(
      timeline.heading,
      element('ol', { className: 'timeline' }, ...timeline.items.map(timelineItem)),
      factList(timeline.facts),
    ),
  );
  part('causes', causes, () =>
    section(
      causes.heading,
      ...(causes.note === '' ? [] : [element('p', { className: 'note', text: causes.note })]),
      ...(causes.items.length === 0 ? [] : [element('ol', { className: 'causes' }, ...causes.items.map(causeItem))]),
    ),
  );
  part('facts', facts, () => section(facts.heading, factList(facts.items)));
  part('request', request, () => section(request.heading, element('pre', { className: 'request', text: request.text })));
}

type Message =
  | ({ readonly type: 'show' } & PageState)
  | { readonly type: 'problem'; readonly job: unknown; readonly problem: JobPage['problem'] };

window.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.type === 'problem') {
    // Without a page yet, the host must still learn after a reload which job it was.
    if (host.getState() === undefined) host.setState({ job: data.job });
    showProblem(data.problem);
    return;
  }
  host.setState({ job: data.job, page: data.page });
  show(data.page);
});

host.postMessage({ type: 'ready' });
const before = host.getState() as Partial<PageState> | undefined;
// What an older version of this page left behind is not shown: the host answers with what is needed.
if (before?.page !== undefined && 'timeline' in before.page) show(before.page);
