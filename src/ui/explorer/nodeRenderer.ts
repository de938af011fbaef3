import * as vscode from 'vscode';
import type { Formats } from '../../core/view/formats.js';
import { jobTooltip, type NodeAction, type NodeView } from '../../core/view/nodeView.js';
import { commandLink } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { jobContextValue } from '../platform/jobContextValue.js';
import type { TreeElement } from './jobTree.js';

const collapsibleStates: Readonly<Record<NodeView['collapsible'], vscode.TreeItemCollapsibleState>> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** Copies a node's view into a tree item. */
export function renderElement(element: TreeElement, view: NodeView): vscode.TreeItem {
  const item = new vscode.TreeItem(view.label, collapsibleStates[view.collapsible]);
  item.id = element.id;
  item.contextValue = view.abilities === undefined ? view.context : jobContextValue(view.abilities);
  item.accessibilityInformation = { label: view.accessibilityLabel };
  if (view.description !== undefined) item.description = view.description;
  if (view.tooltip !== undefined) item.tooltip = view.tooltip;
  if (view.icon !== undefined) {
    const { id, color } = view.icon;
    item.iconPath = color === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
  }
  if (view.action !== undefined) item.command = commandOf(view.action, element);
  return item;
}

/** What is made only when somebody hovers. */
export function resolveElement(item: vscode.TreeItem, { node }: TreeElement, formats: Formats): vscode.TreeItem {
  if (node.kind === 'job') item.tooltip = jobTooltip(node, formats);
  return item;
}

function commandOf(action: NodeAction, { targetId, jobId, parent }: TreeElement): vscode.Command {
  const job = { targetId, jobId };
  switch (action) {
    case 'startEngine':
      return commandLink(Command.engineStart, vscode.l10n.t('Start Local Engine'));
    case 'openReport':
      return commandLink(Command.jobOpenReport, vscode.l10n.t('Open Report'), job);
    case 'openRole':
      return commandLink(Command.jobOpenRole, vscode.l10n.t('Open Job Role in AWS Console'), job);
    case 'openManifest':
      return commandLink(Command.jobOpenManifest, vscode.l10n.t('Open Manifest'), job);
    case 'retry':
      return commandLink(Command.jobsRefresh, vscode.l10n.t('Retry'));
    case 'loadMore':
      return commandLink(Command.jobsLoadMore, vscode.l10n.t('Load More'), targetId, parent?.id);
  }
}
