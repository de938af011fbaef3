import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import {
  type DetectedKeyList,
  detectKeyList,
  type KeyListKind,
  type KeyListResult,
} from '../../core/manifest/making/keyListEncoder.js';
import { isBucketName, isLegacyBucketName } from '../../core/manifest/rules/bucketName.js';
import type { MakingTask } from '../../files/making/makingTask.js';
import { activeFile } from '../platform/activeFile.js';
import type { Services } from '../platform/services.js';
import { freePath, localPath, make, showMade } from './makeFiles.js';

const beginningBytes = 64 * 1024;
const rememberedBucket = 's3batch.encode.bucket';

type Source = Extract<MakingTask, { kind: 'encode' }>['source'];

interface Keys {
  readonly source: Source;
  readonly beginning: Uint8Array;
  /** Beside which the manifest is written. */
  readonly path: string;
}

/**
 * Makes a manifest of a list of keys: that of a file (the one in front if none is given), or, if the editor in front shows the file and
 * `isSelectionMeant`, of what is selected in it.
 */
export async function encodeKeys(
  { context }: Services,
  file: vscode.Uri | undefined,
  isSelectionMeant: boolean,
): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('Encode Keys as Manifest');
  const keys = await findKeys(file, isSelectionMeant);
  const detected = detectKeyList(keys.beginning);
  const { kind, hasVersions } = await askKind(title, detected);
  const namesBuckets = kind === 'uris' || (kind === 'csv' && detected.kind === 'csv' && detected.namesBuckets);
  const bucket = namesBuckets ? undefined : await askBucket(title, context.workspaceState.get<string>(rememberedBucket) ?? '');
  if (bucket !== undefined) await context.workspaceState.update(rememberedBucket, bucket);
  return await encode(title, keys, { kind, hasVersions, bucket });
}

async function encode(
  title: string,
  keys: Keys,
  options: Extract<MakingTask, { kind: 'encode' }>['options'],
): Promise<vscode.Uri | undefined> {
  const output = await freePath(keys.path, 'manifest.csv');
  const outcome = await make(title, { kind: 'encode', source: keys.source, options, output });
  const uri = await showMade(outcome, notesOf(outcome.keys));
  const looking = outcome.keys?.encodedLooking ?? 0;
  if (looking > 0 && options.isEncoded !== true)
    offerEncoded(looking, () => encode(title, keys, { ...options, isEncoded: true }));
  return uri;
}

/** Only a person knows whether `%20` is part of a key. Never waited for. */
function offerEncoded(keys: number, again: () => Promise<unknown>): void {
  const decode: vscode.MessageItem = { title: vscode.l10n.t('They Are Encoded') };
  const text = vscode.l10n.t('Keys with escapes such as %20, taken as they are: {0}.', keys.toLocaleString());
  void vscode.window.showWarningMessage(text, decode).then(async (chosen) => {
    if (chosen === decode) await again();
  });
}

function notesOf(result: KeyListResult | undefined): string[] {
  const { overlong = 0, firstOverlong = 0, deleteMarkers = 0 } = result ?? {};
  const long = vscode.l10n.t(
    'Keys longer than the 1,024 bytes that S3 allows: {0}. The first is in row {1}.',
    overlong.toLocaleString(),
    firstOverlong.toLocaleString(),
  );
  return [
    ...(deleteMarkers > 0 ? [vscode.l10n.t('Delete markers left out: {0}.', deleteMarkers.toLocaleString())] : []),
    ...(overlong > 0 ? [long] : []),
  ];
}

async function findKeys(file: vscode.Uri | undefined, isSelectionMeant: boolean): Promise<Keys> {
  const uri = file ?? activeFile();
  if (uri === undefined) throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'));
  const editor = vscode.window.activeTextEditor;
  const selection = editor?.document.uri.toString() === uri.toString() ? editor.selection : undefined;
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const isPart = isSelectionMeant && selection !== undefined && !selection.isEmpty;
  if (document !== undefined && (isPart || document.isDirty || uri.scheme !== 'file')) {
    const text = document.getText(isPart ? selection : undefined);
    const beginning = new TextEncoder().encode(text.slice(0, beginningBytes));
    return { source: { text }, beginning, path: uri.scheme === 'file' ? uri.fsPath : await choosePlace(uri) };
  }
  const path = localPath(uri);
  return { source: { path }, beginning: /\.gz$/i.test(path) ? new Uint8Array(0) : await readBeginning(path), path };
}

async function readBeginning(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(beginningBytes), 0, beginningBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What has no place of its own goes to the workspace folder. */
async function choosePlace(uri: vscode.Uri): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.find((item) => item.uri.scheme === 'file')?.uri;
  if (folder !== undefined) return vscode.Uri.joinPath(folder, basename(uri.path)).fsPath;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: vscode.l10n.t('Write Manifest Here'),
  });
  if (chosen?.[0] === undefined) throw cancelledError();
  return vscode.Uri.joinPath(chosen[0], basename(uri.path)).fsPath;
}

async function askKind(title: string, detected: DetectedKeyList): Promise<{ kind: KeyListKind; hasVersions: boolean }> {
  const all = [
    { label: vscode.l10n.t('Keys'), detail: vscode.l10n.t('One a line, as they are'), list: 'lines', hasVersions: false },
    {
      label: vscode.l10n.t('Keys and versions'),
      detail: vscode.l10n.t('One a line; the version follows after a tab'),
      list: 'lines',
      hasVersions: true,
    },
    { label: vscode.l10n.t('S3 URIs'), detail: 's3://bucket/key', list: 'uris', hasVersions: false },
    {
      label: vscode.l10n.t('CSV with a header row'),
      detail: vscode.l10n.t('As Athena and Excel write it, with a column Key, perhaps Bucket and VersionId'),
      list: 'csv',
      hasVersions: false,
    },
    { label: vscode.l10n.t('JSON of a listing'), detail: 'aws s3api list-objects-v2', list: 'json', hasVersions: false },
  ] as const;
  const isDetected = (item: (typeof all)[number]): boolean => item.list === detected.kind && !item.hasVersions;
  const likeness = detected.isListingForPeople
    ? vscode.l10n.t('looks like the output of "aws s3 ls", whose lines are no keys')
    : vscode.l10n.t('looks like it');
  const items = all
    .toSorted((a, b) => Number(isDetected(b)) - Number(isDetected(a)))
    .map((item) => ({ ...item, description: isDetected(item) ? likeness : '' }));
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('What the list looks like') });
  if (chosen === undefined) throw cancelledError();
  return { kind: chosen.list, hasVersions: chosen.hasVersions };
}

async function askBucket(title: string, value: string): Promise<string> {
  const bucket = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Bucket of the keys'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) =>
      isBucketName(text) || isLegacyBucketName(text) ? undefined : vscode.l10n.t('This is not a possible bucket name.'),
  });
  if (bucket === undefined) throw cancelledError();
  return bucket;
}
