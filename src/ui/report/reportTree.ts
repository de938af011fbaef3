import * as vscode from 'vscode';
import type { Formats } from '../../core/view/formats.js';
import { adviceView, causeView, type ReportNodeView, reportView, rowView } from '../../core/view/reportNodes.js';
import { runInThread } from '../../files/report/reportThread.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import type { OpenReport, OpenReports } from './openReports.js';
import type { CauseNode, MoreNode, ReportElement, ReportNode, RowNode } from './reportElement.js';

const pageRows = 100;

/** The open reports, their causes, and the failed tasks of each, read page by page. */
export class ReportTree implements vscode.TreeDataProvider<ReportElement> {
  readonly #reports: OpenReports;
  readonly #formats: Formats;
  readonly #changed = new vscode.EventEmitter<ReportElement | undefined>();
  readonly #nodes = new WeakMap<OpenReport, ReportNode>();
  readonly #causes = new WeakMap<ReportNode, readonly CauseNode[]>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(reports: OpenReports, formats: Formats) {
    this.#reports = reports;
    this.#formats = formats;
    reports.onDidChange(() => this.#changed.fire(undefined));
  }

  /** The newest report first. */
  async getChildren(element?: ReportElement): Promise<ReportElement[]> {
    if (element === undefined) return this.#reports.reports.toReversed().map((open) => this.nodeOf(open));
    if (element.kind === 'report') return [...this.#causesOf(element)];
    if (element.kind === 'cause') return await this.#rowsOf(element);
    return [];
  }

  getParent(element: ReportElement): ReportElement | undefined {
    return element.kind === 'report' ? undefined : element.parent;
  }

  getTreeItem(element: ReportElement): vscode.TreeItem {
    if (element.kind === 'more') {
      const item = new vscode.TreeItem(vscode.l10n.t('Load More'));
      item.command = commandLink(Command.reportLoadMore, vscode.l10n.t('Load More'), element.parent);
      return item;
    }
    const view = this.#viewOf(element);
    const item = new vscode.TreeItem(view.label, collapsibleState(view.collapsible));
    if (view.description !== undefined) item.description = view.description;
    if (view.tooltip !== undefined) item.tooltip = view.tooltip;
    item.iconPath = new vscode.ThemeIcon(
      view.icon.id,
      view.icon.color === undefined ? undefined : new vscode.ThemeColor(view.icon.color),
    );
    item.contextValue = view.context;
    item.accessibilityInformation = { label: view.accessibilityLabel };
    if (element.kind === 'row') item.command = commandLink(Command.reportOpenObject, vscode.l10n.t('Open Object'), element);
    return item;
  }

  nodeOf(open: OpenReport): ReportNode {
    const known = this.#nodes.get(open);
    if (known !== undefined) return known;
    const node: ReportNode = { kind: 'report', open };
    this.#nodes.set(open, node);
    return node;
  }

  firstCause(report: ReportNode): CauseNode | undefined {
    return this.#causesOf(report)[0];
  }

  loadMore(cause: CauseNode): void {
    cause.shown += pageRows;
    this.#changed.fire(cause);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #viewOf(element: Exclude<ReportElement, MoreNode>): ReportNodeView {
    switch (element.kind) {
      case 'report':
        return reportView(element.open.subject.title, element.open.report, element.open.job !== undefined, this.#formats);
      case 'cause':
        return causeView(element.cause, this.#formats);
      case 'advice':
        return adviceView(element.cause, this.#formats);
      case 'row':
        return rowView(element.row, element.open.job?.descriptor.Operation?.['LambdaInvoke'] !== undefined);
    }
  }

  #causesOf(node: ReportNode): readonly CauseNode[] {
    const known = this.#causes.get(node);
    if (known !== undefined) return known;
    const { open } = node;
    const causes = open.report.causes.map((cause): CauseNode => ({ kind: 'cause', open, cause, parent: node, shown: pageRows }));
    this.#causes.set(node, causes);
    return causes;
  }

  async #rowsOf(parent: CauseNode): Promise<ReportElement[]> {
    const { open, cause, shown } = parent;
    const page = await runInThread({ kind: 'rows', path: open.path, cause, skip: 0, limit: shown });
    return [
      { kind: 'advice', cause, parent },
      ...page.rows.map((row): RowNode => ({ kind: 'row', open, row, parent })),
      ...(page.hasMore ? [{ kind: 'more' as const, parent }] : []),
    ];
  }
}

function collapsibleState(collapsible: ReportNodeView['collapsible']): vscode.TreeItemCollapsibleState {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  return { none: None, collapsed: Collapsed, expanded: Expanded }[collapsible];
}
