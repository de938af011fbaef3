import type { CommandEntry } from './commandEntry.js';

/** Every command of `s3batch`, in the order in which the help lists them. A new command is one file and one entry here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'lint',
    summary: 'check manifests',
    load: async () => (await import('./lint.js')).lintCommand,
  },
  {
    name: 'fix',
    summary: 'repair what can be repaired for certain in a manifest',
    load: async () => (await import('./fix.js')).fixCommand,
  },
  {
    name: 'encode',
    summary: 'make a manifest from raw keys',
    load: async () => (await import('./encode.js')).encodeCommand,
  },
  {
    name: 'manifest',
    summary: 'make manifests: minus, union, dedupe, sample, split, filter, from-bucket, from-inventory',
    load: async () => (await import('./manifest.js')).manifestCommand,
  },
  {
    name: 'check',
    summary: 'check a job file and the manifest that it names',
    load: async () => (await import('./check.js')).checkCommand,
  },
  {
    name: 'policy',
    summary: 'write the least that the role of a job needs, or compare a role with it',
    load: async () => (await import('./policy.js')).policyCommand,
  },
  {
    name: 'export',
    summary: 'write a job file as code: AWS CLI, boto3, SDK v3, Terraform, CloudFormation, CDK, Step Functions',
    load: async () => (await import('./exportJob.js')).exportCommand,
  },
  {
    name: 'report',
    summary: 'group the failures of a completion report, write retry and resume manifests',
    load: async () => (await import('./report.js')).reportCommand,
  },
  {
    name: 'init',
    summary: 'write a function for jobs: handler, types, template.yaml, test',
    load: async () => (await import('./init.js')).initCommand,
  },
  {
    name: 'run',
    summary: 'run a job on a local engine to its end',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'engine',
    summary: 'run the local engine: S3, S3 Batch Operations and Lambda on this machine',
    load: async () => (await import('./engine.js')).engineCommand,
  },
];
