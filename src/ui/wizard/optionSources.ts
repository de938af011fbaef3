import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { bucketArn, parseFunctionArn, partitionOf } from '../../core/job/arn.js';
import type { TargetClient } from '../../core/job/target.js';
import { splitRow } from '../../core/manifest/rowFields.js';
import type { Answers, OptionSource, PickOption } from '../../core/wizard/form.js';
import { functionOption } from '../../core/wizard/functionOption.js';
import type { ManifestChoice } from '../../core/wizard/manifestChoice.js';
import { matchesPatterns } from '../lint/manifestSelection.js';
import { findWorkspaceFiles } from '../platform/findWorkspaceFiles.js';
import type { Services } from '../platform/services.js';
import type { Settings } from '../platform/settings.js';

/** Loads the options that only the target or the editor knows. Lists that a target does not have are empty. */
export function optionLoader(
  connect: () => Promise<TargetClient>,
  { settings, log }: Pick<Services, 'settings' | 'log'>,
  answers: Answers,
): (source: OptionSource) => Promise<readonly PickOption[]> {
  return async (source) => {
    if (source === 'manifests') return await manifestOptions(settings, log);
    const client = await connect();
    switch (source) {
      case 'functions':
        return (await client.listFunctions()).map(functionOption);
      case 'qualifiers':
        return await qualifierOptions(client, answers[functionId]);
      case 'buckets':
        return (await client.listBuckets()).map((name) => ({
          label: name,
          value: bucketArn(name, partitionOf(client.target.region)),
        }));
      case 'roles':
        return (await client.listRoles()).map((role) => ({
          label: role.name,
          description: role.trustsBatchOperations ? '' : vscode.l10n.t('does not trust S3 Batch Operations'),
          detail: role.description ?? role.arn,
          value: role.arn,
        }));
      case 'keys':
        return (await client.listKeys()).map((key) => ({
          label: key.aliases[0] ?? key.keyId,
          description: key.aliases.length === 0 ? '' : key.keyId,
          detail: key.arn,
          value: key.arn,
        }));
    }
  };
}

const functionId = 'Operation.LambdaInvoke.FunctionArn';

async function qualifierOptions(client: TargetClient, functionArn: unknown): Promise<readonly PickOption[]> {
  const name = typeof functionArn === 'string' ? parseFunctionArn(functionArn)?.name : undefined;
  if (name === undefined) return [];
  return (await client.listFunctionQualifiers(name)).map((item) => ({
    label: item.name,
    description:
      item.kind === 'version'
        ? vscode.l10n.t('version')
        : item.version === undefined
          ? vscode.l10n.t('alias')
          : vscode.l10n.t('alias of version {0}', item.version),
    detail: item.description ?? item.arn,
    value: item.arn,
  }));
}

/** What `s3://…` may go on with: buckets, then folders and objects, so that a manifest in S3 is found step by step. */
export async function completeS3Uri(client: TargetClient, text: string): Promise<readonly string[]> {
  const [, bucket = '', rest] = /^s3:\/\/([^/]*)(?:\/(.*))?$/i.exec(text.trim()) ?? [];
  if (rest === undefined) return (await client.listBuckets()).map((name) => `s3://${name}/`);
  const folder = rest.slice(0, rest.lastIndexOf('/') + 1);
  const { prefixes, objects } = await client.listObjects(bucket, { prefix: folder, delimiter: '/', maxKeys: 200 });
  return [...prefixes, ...objects.map(({ key }) => key).filter((key) => key !== folder)].map((key) => `s3://${bucket}/${key}`);
}

/** More are found by typing a path, not by reading a list. */
const maxManifests = 200;

/** The open editors first, then the manifests of the workspace. */
async function manifestOptions(settings: Settings, log: Services['log']): Promise<readonly PickOption[]> {
  const shown = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map((tab) => (tab.input instanceof vscode.TabInputText ? tab.input.uri : undefined))
    .filter((uri) => uri !== undefined && (/\.csv$/i.test(uri.path) || uri.scheme === 'untitled'))
    .filter((uri) => uri !== undefined);
  const search = {
    patterns: settings.get('s3batch.manifest.files'),
    isWanted: (uri: vscode.Uri) => matchesPatterns(uri, settings),
  };
  const found = await findWorkspaceFiles(search, log);
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const unique = new Map<string, { readonly uri: vscode.Uri; readonly isOpen: boolean }>();
  for (const uri of shown.toSorted((a, b) => Number(b.toString() === active) - Number(a.toString() === active))) {
    unique.set(uri.toString(), { uri, isOpen: true });
  }
  for (const uri of found.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, maxManifests)) {
    if (!unique.has(uri.toString())) unique.set(uri.toString(), { uri, isOpen: false });
  }
  return await Promise.all(
    [...unique.values()].map(async ({ uri, isOpen }) => {
      const choice = await manifestChoice(uri);
      return {
        label: `$(list-flat) ${choice.name}`,
        description: isOpen ? vscode.l10n.t('open editor') : vscode.workspace.asRelativePath(uri),
        value: choice,
      };
    }),
  );
}

/** A document as a manifest, with the columns of its first row. */
export async function manifestChoice(uri: vscode.Uri): Promise<Extract<ManifestChoice, { kind: 'file' }>> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const line = await firstLine(uri);
  const fields = line === undefined || line.trim() === '' ? undefined : splitRow(line.replace(/^\uFEFF/, '')).fields;
  return { kind: 'file', uri: uri.toString(), name, ...(fields === undefined ? {} : { columnCount: fields.length }) };
}

async function firstLine(uri: vscode.Uri): Promise<string | undefined> {
  const document = vscode.workspace.textDocuments.find((shown) => shown.uri.toString() === uri.toString());
  if (document !== undefined) return document.lineAt(0).text;
  const bytes = uri.scheme === 'file' ? await readStart(uri.fsPath) : await vscode.workspace.fs.readFile(uri);
  const end = bytes.indexOf(0x0a);
  return new TextDecoder()
    .decode(bytes.subarray(0, end === -1 ? Math.min(bytes.length, firstLineBytes) : end))
    .replace(/\r$/, '');
}

const firstLineBytes = 65_536;

/** The first bytes of a file, which may be larger than memory. */
async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(firstLineBytes), 0, firstLineBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
