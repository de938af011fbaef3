import { loadSharedConfigFiles } from '@smithy/core/config';

/** A profile as someone chooses it. Holds nothing that is secret. */
export interface ProfileSummary {
  readonly name: string;
  /** Its Region, when it names one. */
  readonly region?: string;
  readonly kind: 'sso' | 'login' | 'role' | 'process' | 'keys' | 'other';
}

/**
 * The profiles of ~/.aws/config and ~/.aws/credentials (or where `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` point to), by name.
 * Files that are not there count as empty. Sends nothing.
 */
export async function listProfiles(): Promise<readonly ProfileSummary[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  // The config file also holds sections that are no profiles; the loader gives them a prefix with a dot.
  const isProfile = (name: string): boolean => !/^(sso-session|services)\./.test(name);
  const names = [...Object.keys(configFile).filter(isProfile), ...Object.keys(credentialsFile)];
  return [...new Set(names)]
    .toSorted((a, b) => Number(b === 'default') - Number(a === 'default') || (a < b ? -1 : 1))
    .map((name) => summary(name, { ...configFile[name], ...credentialsFile[name] }));
}

function summary(name: string, profile: Readonly<Record<string, string | undefined>>): ProfileSummary {
  const region = profile['region'];
  return { name, kind: kindOf(profile), ...(region === undefined || region === '' ? {} : { region }) };
}

function kindOf(profile: Readonly<Record<string, string | undefined>>): ProfileSummary['kind'] {
  if (profile['role_arn'] !== undefined) return 'role';
  if (profile['sso_session'] !== undefined || profile['sso_start_url'] !== undefined) return 'sso';
  if (profile['login_session'] !== undefined) return 'login';
  if (profile['credential_process'] !== undefined) return 'process';
  return profile['aws_access_key_id'] === undefined ? 'other' : 'keys';
}
