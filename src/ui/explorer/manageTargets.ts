import * as vscode from 'vscode';
import { type AwsTargetSetting, awsTarget, awsTargetId, isRegion } from '../../core/job/awsTarget.js';
import { regions } from '../../core/job/regions.js';
import type { Settings } from '../platform/settings.js';

interface ProfileItem extends vscode.QuickPickItem {
  readonly profile?: string;
  readonly region?: string;
}

/** Asks for a profile and a Region and adds them as a target. Resolves with its id; undefined when nobody chose. */
export async function addTarget(settings: Settings): Promise<string | undefined> {
  const profile = await chooseProfile();
  if (profile === undefined) return undefined;
  const region = await chooseRegion(profile.region);
  if (region === undefined) return undefined;
  const setting: AwsTargetSetting = profile.profile === undefined ? { region } : { profile: profile.profile, region };
  const id = awsTargetId(setting);
  const known = settings.get('s3batch.targets');
  if (known.some((other) => awsTargetId(other) === id)) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('{0}, {1} is a target already.', labelOf(setting), region), 4000);
  } else {
    await settings.set('s3batch.targets', [...known, setting]);
  }
  await vscode.commands.executeCommand('s3batch.jobs.focus');
  return id;
}

/** Takes a target out of the settings; its jobs are not touched. */
export async function removeTarget(settings: Settings, given: string | undefined): Promise<void> {
  const known = settings.get('s3batch.targets');
  const id = given ?? (await chooseTarget(known));
  if (id === undefined) return;
  await settings.set(
    's3batch.targets',
    known.filter((setting) => awsTargetId(setting) !== id),
  );
}

async function chooseTarget(known: readonly AwsTargetSetting[]): Promise<string | undefined> {
  const items = known.map((setting) => ({ label: labelOf(setting), description: setting.region, id: awsTargetId(setting) }));
  if (items.length === 0) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('There is no target but Local.'), 4000);
    return undefined;
  }
  const placeHolder = vscode.l10n.t('Which target is to be removed? Its jobs are not touched.');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.id;
}

function labelOf(setting: AwsTargetSetting): string {
  return awsTarget(setting, vscode.l10n.t('Environment')).label;
}

async function chooseProfile(): Promise<ProfileItem | undefined> {
  const read = async (): Promise<ProfileItem[]> => {
    const { listProfiles } = await import('../../aws/main.js');
    const profiles = await listProfiles();
    const kinds = {
      sso: vscode.l10n.t('IAM Identity Center'),
      login: vscode.l10n.t('Console sign-in'),
      role: vscode.l10n.t('assumed role'),
      process: vscode.l10n.t('credential process'),
      keys: vscode.l10n.t('access keys'),
      other: '',
    };
    return [
      ...profiles.map((item) => ({
        label: `$(account) ${item.name}`,
        description: [kinds[item.kind], item.region].filter((part) => part !== undefined && part !== '').join(' · '),
        profile: item.name,
        ...(item.region === undefined ? {} : { region: item.region }),
      })),
      {
        label: `$(terminal) ${vscode.l10n.t('Environment')}`,
        description: vscode.l10n.t('the credentials that the environment of VS Code gives: variables, container, instance'),
      },
    ];
  };
  return await vscode.window.showQuickPick(read(), {
    title: vscode.l10n.t('Add Target: Profile'),
    placeHolder: vscode.l10n.t('Profiles of ~/.aws/config and ~/.aws/credentials'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
}

/** A Region of the list, that of the profile first, or one that is typed. */
async function chooseRegion(first: string | undefined): Promise<string | undefined> {
  const all =
    first === undefined || regions.some(({ code }) => code === first) ? regions : [{ code: first, name: '' }, ...regions];
  const items = all
    .toSorted((a, b) => Number(b.code === first) - Number(a.code === first))
    .map(({ code, name }) => ({
      label: code,
      description: code === first ? vscode.l10n.t('{0} · Region of the profile', name) : name,
    }));
  const pick = vscode.window.createQuickPick();
  pick.title = vscode.l10n.t('Add Target: Region');
  pick.placeholder = vscode.l10n.t('The Region of the jobs; choose one or type it');
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  pick.items = items;
  pick.onDidChangeValue((value) => {
    const text = value.trim();
    const isNew = isRegion(text) && !all.some(({ code }) => code === text);
    pick.items = isNew ? [...items, { label: text, description: vscode.l10n.t('as typed') }] : items;
  });
  try {
    return await new Promise<string | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen !== undefined) resolve(chosen.label);
      });
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}
