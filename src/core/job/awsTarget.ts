import type { Target } from './target.js';

/** A target as the settings keep it. Never a secret: the profile names where the credentials are. */
export interface AwsTargetSetting {
  /** A profile of the AWS configuration files; left out, the credentials of the environment (variables, container, instance). */
  readonly profile?: string | undefined;
  readonly region: string;
}

/** Names and codes of Regions have no other characters; what is put into host names must be checked. */
const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

export function isRegion(text: string): boolean {
  return regionPattern.test(text);
}

/** The setting when it names a target, else undefined. */
export function parseAwsTargetSetting(value: unknown): AwsTargetSetting | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { profile, region } = value as { readonly profile?: unknown; readonly region?: unknown };
  if (typeof region !== 'string' || !isRegion(region)) return undefined;
  if (profile === undefined || profile === '') return { region };
  // Control characters in a name would end up in terminals and in the log.
  return typeof profile === 'string' && !/[\u0000-\u001f\u007f]/.test(profile) ? { profile, region } : undefined;
}

/** `environmentLabel` is what a target without a profile is called. */
export function awsTarget(setting: AwsTargetSetting, environmentLabel: string): Target {
  const { profile, region } = setting;
  return {
    id: awsTargetId(setting),
    kind: 'aws',
    label: profile ?? environmentLabel,
    region,
    ...(profile === undefined ? {} : { profile }),
  };
}

export function awsTargetId({ profile, region }: AwsTargetSetting): string {
  return `aws:${profile ?? ''}:${region}`;
}
