import { basename } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import type { BucketListing, ListingCounts } from '../../core/manifest/making/bucketListing.js';
import { listBucket } from '../../files/making/listBucket.js';
import { findUnfinished } from '../../files/making/unfinishedListing.js';
import { rowsText } from '../lint/summaryText.js';
import { statOf } from '../../files/replaceFile.js';
import type { TargetProvider } from '../explorer/targetProvider.js';
import type { Services } from '../platform/services.js';
import { askBucket } from './askBucket.js';
import { askListingFilter } from './askListingFilter.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';
import { openManifest } from './makeFiles.js';
import { UnfinishedListings } from './unfinishedListings.js';

/** What is to be listed, and where to. */
interface Plan {
  readonly targetId: string;
  readonly listing: BucketListing;
  /** Of the manifest. */
  readonly path: string;
  /** Go on with what was listed already. */
  readonly isResumed: boolean;
}

/**
 * Lists a bucket of a target into a manifest. What was interrupted, also by a crash or a reload, is offered the next time. Needs to list
 * the bucket, not the buckets.
 */
export async function newManifestFromBucket(
  services: Services,
  targets: TargetProvider,
  targetId: string | undefined,
): Promise<vscode.Uri | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new BatchError('RestrictedMode', vscode.l10n.t('Buckets are listed in trusted workspaces only.'), {
      hint: vscode.l10n.t('Trust the workspace to list one.'),
    });
  }
  const title = vscode.l10n.t('New Manifest from Bucket');
  const started = new UnfinishedListings(services.context.workspaceState);
  const plan = (await askUnfinished(title, started)) ?? (await askPlan(title, targets, targetId));
  return await list(services, targets, started, plan);
}

async function list(
  services: Services,
  targets: TargetProvider,
  started: UnfinishedListings,
  plan: Plan,
): Promise<vscode.Uri | undefined> {
  const { path, listing, targetId, isResumed } = plan;
  const title = vscode.l10n.t('Listing {0}', listing.bucket);
  const result = await withCancellableProgress(title, async ({ signal, say }) => {
    const client = await targets.client(targetId);
    await started.add({ path, targetId });
    const rate = new Rate(services.clock.now());
    const show = (counts: ListingCounts): void => {
      const perSecond = rate.of(counts.listed, services.clock.now());
      say(
        vscode.l10n.t(
          '{0} keys, {1} rows, {2} keys a second',
          counts.listed.toLocaleString(),
          counts.rows.toLocaleString(),
          perSecond.toLocaleString(),
        ),
      );
    };
    const lister = { pages: client.listPages.bind(client) };
    return await listBucket(
      lister,
      listing,
      path,
      // The dialog that asked for the file has asked about overwriting it.
      { isResumed, isForced: true, signal, onProgress: show, onResumed: (counts) => rate.begin(counts.listed) },
      ({ listed }) =>
        vscode.l10n.t('{0} keys were listed. "New Manifest from Bucket…" goes on from there.', listed.toLocaleString()),
    );
  });
  const { counts } = result;
  if (result.isCancelled) {
    offerToGoOn(services, counts, () => list(services, targets, started, { ...plan, isResumed: true }));
    return undefined;
  }
  await started.remove(path);
  const rows = vscode.l10n.t('{0} in {1}.', rowsText(counts.rows, vscode.l10n), basename(path));
  const markers =
    counts.deleteMarkers > 0 ? ` ${vscode.l10n.t('Delete markers left out: {0}.', counts.deleteMarkers.toLocaleString())}` : '';
  void vscode.window.showInformationMessage(rows + markers);
  const uri = vscode.Uri.file(path);
  await openManifest(uri);
  return uri;
}

/** Never waited for. */
function offerToGoOn({ errors }: Services, { listed }: ListingCounts, again: () => Promise<unknown>): void {
  const goOn: vscode.MessageItem = { title: vscode.l10n.t('Go On') };
  const text = vscode.l10n.t('The listing was stopped after {0} keys, which are kept.', listed.toLocaleString());
  void vscode.window.showInformationMessage(text, goOn).then(async (chosen) => {
    if (chosen === goOn) await errors.run('Go on with the listing', again);
  });
}

/** Undefined for a new listing. */
async function askUnfinished(title: string, started: UnfinishedListings): Promise<Plan | undefined> {
  const found = await started.find();
  if (found.length === 0) return undefined;
  const items = [
    ...found.map(({ path, targetId, state }) => ({
      label: vscode.l10n.t('Go on with {0}', state.listing.bucket),
      description: state.listing.prefix,
      detail: vscode.l10n.t(
        '{0} keys listed so far, for {1}',
        state.counts.listed.toLocaleString(),
        vscode.workspace.asRelativePath(path),
      ),
      plan: { path, targetId, listing: state.listing, isResumed: true },
    })),
    { label: vscode.l10n.t('New listing'), description: '', detail: '', plan: undefined },
  ];
  const placeHolder = vscode.l10n.t('A listing was not finished');
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true });
  if (chosen === undefined) throw cancelledError();
  return chosen.plan;
}

async function askPlan(title: string, targets: TargetProvider, given: string | undefined): Promise<Plan> {
  const targetId = given ?? (await askTarget(title, targets));
  const place = await askBucket(title, async () => await (await targets.client(targetId)).listBuckets());
  const prefix = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Prefix of the keys; nothing for all of them'),
    value: place.prefix,
    ignoreFocusOut: true,
  });
  if (prefix === undefined) throw cancelledError();
  const listing = { bucket: place.bucket, prefix, ...(await askListingFilter(title)) };
  const path = await askFile(place.bucket);
  return { targetId, listing, path, isResumed: await askResumed(path, listing) };
}

async function askTarget(title: string, { targets }: TargetProvider): Promise<string> {
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) return only.id;
  const items = targets.map(({ id, label, region }) => ({ label, description: region, id }));
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Where the bucket is') });
  if (chosen === undefined) throw cancelledError();
  return chosen.id;
}

/** A new file, or one that may be overwritten: the dialog asks. */
async function askFile(bucket: string): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Where to Write the Manifest'),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${bucket}.csv`) }),
    filters: { [vscode.l10n.t('Manifests')]: ['csv'] },
  });
  if (chosen === undefined) throw cancelledError();
  if (chosen.scheme !== 'file') {
    throw new BatchError('NoFile', vscode.l10n.t('{0} is not a file on this machine.', chosen.path));
  }
  return chosen.fsPath;
}

/** What lies there of an earlier listing goes on only when it was the same one; another one is given up only when somebody says so. */
async function askResumed(path: string, listing: BucketListing): Promise<boolean> {
  if ((await statOf(`${path}.partial`)) === undefined) return false;
  const found = await findUnfinished(path).catch(() => undefined);
  const isSame = found !== undefined && JSON.stringify(found.listing) === JSON.stringify(listing);
  const goOn: vscode.MessageItem = { title: vscode.l10n.t('Go On') };
  const anew: vscode.MessageItem = { title: vscode.l10n.t('Start Anew') };
  const question = isSame
    ? vscode.l10n.t('This listing was begun before.')
    : vscode.l10n.t('There is an unfinished listing of something else at this place. It would be lost.');
  const detail =
    found === undefined
      ? ''
      : vscode.l10n.t('{0} keys of {1} were listed.', found.counts.listed.toLocaleString(), found.listing.bucket);
  const choices = isSame ? [goOn, anew] : [anew];
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...choices);
  if (chosen === undefined) throw cancelledError();
  return chosen === goOn;
}

/** Keys a second since the beginning. */
class Rate {
  readonly #startedAtMs: number;
  #before = 0;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
  }

  /** So many were listed before. */
  begin(listed: number): void {
    this.#before = listed;
  }

  of(listed: number, nowMs: number): number {
    const seconds = Math.max(1, nowMs - this.#startedAtMs) / 1000;
    return Math.round((listed - this.#before) / seconds);
  }
}
