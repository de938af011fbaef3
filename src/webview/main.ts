import type { JobPage, PageAction, PageCause, PageFact } from '../core/view/jobPage.js';
import { drawPlot } from './plot.js';

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
let spoken = '';

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

function section(heading: string, ...children: readonly Node[]): HTMLElement {
  return element('section', {}, element('h2', { text: heading }), ...children);
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

function show(page: JobPage): void {
  if (root === null) return;
  // Whoever stands on a button stays there when the page is drawn anew.
  const focused = (document.activeElement as HTMLElement | null)?.dataset['action'];
  const { plot, facts, causes, request } = page;
  const live = root.querySelector('[role=status]') ?? element('p', { className: 'state' });
  live.setAttribute('role', 'status');
  live.className = `state ${page.outcome}`;
  // The same text again would be read aloud again.
  if (spoken !== page.progress) live.textContent = spoken = page.progress;
  const drawing =
    plot.points.length < 2
      ? [element('p', { className: 'note', text: plot.empty })]
      : [
          drawPlot(plot, `${plot.heading}: ${page.progress}`),
          element(
            'div',
            { className: 'legend' },
            element('span', { text: plot.startLabel }),
            element('span', { className: 'succeeded', text: plot.succeededLabel }),
            element('span', { className: 'failed', text: plot.failedLabel }),
            element('span', { text: plot.endLabel }),
          ),
        ];
  const list = element('ol', { className: 'causes' }, ...causes.items.map(causeItem));
  root.replaceChildren(
    element(
      'header',
      {},
      element('h1', { text: page.title }),
      element('p', { className: 'subtitle', text: page.subtitle }),
      live,
      element('div', { className: 'buttons' }, ...page.buttons.map(({ label, action }) => button(label, action))),
    ),
    section(plot.heading, ...drawing),
    section(
      causes.heading,
      ...(causes.note === '' ? [] : [element('p', { className: 'note', text: causes.note })]),
      ...(causes.items.length === 0 ? [] : [list]),
    ),
    section(facts.heading, factList(facts.items)),
    section(request.heading, element('pre', { className: 'request', text: request.text })),
  );
  if (focused !== undefined) root.querySelector<HTMLElement>(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

window.addEventListener('message', ({ data }: MessageEvent<{ type: string } & PageState>) => {
  if (data.type !== 'show') return;
  host.setState({ job: data.job, page: data.page });
  show(data.page);
});

const before = host.getState() as PageState | undefined;
if (before !== undefined) show(before.page);
host.postMessage({ type: 'ready' });
