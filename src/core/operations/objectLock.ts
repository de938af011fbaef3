import type { OperationNote } from './operation.js';
import type { Finding } from './validateShape.js';

/** Source: API Reference, S3ObjectLockLegalHoldStatus and S3ObjectLockMode. */
export const objectLockStatuses = ['OFF', 'ON'] as const;
export const objectLockModes = ['COMPLIANCE', 'GOVERNANCE'] as const;

/** Checked by the service before the first object. Source: S3 User Guide, batch-ops-retention-date and batch-ops-legal-hold. */
export const objectLockNote: OperationNote = {
  code: 'object-lock-needed',
  message:
    'The bucket of the objects must have versioning and Object Lock enabled: the job fails before its first task otherwise.',
};

/** Mode and end of a retention come together. Source: S3 User Guide, batch-ops-retention-date. */
export function checkObjectLock(parameters: Readonly<Record<string, unknown>>, mode: string, until: string): Finding[] {
  const hasMode = parameters[mode] !== undefined;
  const hasUntil = parameters[until] !== undefined;
  if (hasMode === hasUntil) return [];
  return [
    {
      path: [hasMode ? mode : until],
      code: 'retention-half',
      severity: 'error',
      message: `A retention needs both ${mode} and ${until}. Add ${hasMode ? until : mode}.`,
      // An end is for the person to say; the weaker mode can be changed later.
      ...(hasMode ? {} : { fix: { title: `Add ${mode} "GOVERNANCE"`, changes: [{ path: [mode], value: 'GOVERNANCE' }] } }),
    },
  ];
}
