import * as vscode from 'vscode';
import type { StatusPoint } from '../../core/view/jobTimeline.js';
import type { ProgressPoint } from '../../core/view/progressHistory.js';
import type { EarlierPage } from './jobPagePanel.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';

const viewType = 's3batch.jobPage';

/** Registers the page of a job: a command, and what brings pages back after the window was loaded anew. */
export function registerJobPage(services: Services, jobs: Jobs): void {
  const { commands, context, errors } = services;
  const open = new Map<string, vscode.WebviewPanel>();
  const fill = async (panel: vscode.WebviewPanel, job: JobReference, earlier?: EarlierPage): Promise<void> => {
    const key = `${job.targetId}/${job.jobId}`;
    open.set(key, panel);
    panel.onDidDispose(() => open.delete(key));
    const [{ showJobPage }, explorer] = await Promise.all([import('./jobPagePanel.js'), jobs.explorer()]);
    showJobPage({ services, explorer, targets: jobs.targets }, panel, job, earlier);
  };
  commands.register(Command.jobShow, async (given) => {
    const explorer = await jobs.explorer();
    const job = await explorer.actions.choose(
      given === 'selection' ? await explorer.inHand() : given,
      'copyable',
      vscode.l10n.t('Which job is to be shown?'),
    );
    if (job === undefined) return;
    services.jobActivity.looked(job);
    const shown = open.get(`${job.targetId}/${job.jobId}`);
    if (shown !== undefined) {
      shown.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(viewType, vscode.l10n.t('Job'), vscode.ViewColumn.Active, {
      enableFindWidget: true,
    });
    await fill(panel, job);
  });
  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(viewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        await errors.run('Bring back the page of a job', async () => {
          const saved = savedState(state);
          if (saved === undefined) panel.dispose();
          else await fill(panel, saved.job, saved.earlier);
        });
      },
    }),
  );
}

/** What a page left behind, when it is what a page leaves behind. */
function savedState(state: unknown): { readonly job: JobReference; readonly earlier: EarlierPage } | undefined {
  const { job, page } = (state ?? {}) as {
    job?: Partial<JobReference>;
    page?: { plot?: { points?: unknown }; timeline?: { observed?: unknown } };
  };
  if (typeof job?.targetId !== 'string' || typeof job.jobId !== 'string') return undefined;
  const [points, statuses] = [page?.plot?.points, page?.timeline?.observed];
  return {
    job: { targetId: job.targetId, jobId: job.jobId },
    earlier: {
      points: Array.isArray(points) ? (points as ProgressPoint[]) : [],
      statuses: Array.isArray(statuses) ? (statuses as StatusPoint[]) : [],
    },
  };
}
