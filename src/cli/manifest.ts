import type { CliCommand } from './cliIo.js';
import type { CommandEntry } from './commandEntry.js';
import { usageError } from './commandLine.js';
import { runEntry } from './runEntry.js';
import { writeOut } from '../files/streams.js';

const subcommands: readonly CommandEntry[] = [
  {
    name: 'minus',
    summary: 'the rows of one manifest that are not in others',
    load: async () => (await import('./manifest/minus.js')).minusCommand,
  },
  {
    name: 'union',
    summary: 'the rows of several manifests, each object once',
    load: async () => (await import('./manifest/union.js')).unionCommand,
  },
  {
    name: 'dedupe',
    summary: 'the rows of a manifest, each object once',
    load: async () => (await import('./manifest/union.js')).dedupeCommand,
  },
  {
    name: 'sample',
    summary: 'rows drawn at random',
    load: async () => (await import('./manifest/sample.js')).sampleCommand,
  },
  {
    name: 'split',
    summary: 'cut a manifest into parts of so many rows or bytes',
    load: async () => (await import('./manifest/split.js')).splitCommand,
  },
  {
    name: 'filter',
    summary: 'the rows whose keys begin with a prefix or match a pattern',
    load: async () => (await import('./manifest/filter.js')).filterCommand,
  },
  {
    name: 'from-bucket',
    summary: 'the objects of a bucket, by prefix, pattern, size, date and storage class',
    load: async () => (await import('./manifest/fromBucket.js')).fromBucketCommand,
  },
  {
    name: 'from-inventory',
    summary: 'the objects of an S3 Inventory that was downloaded',
    load: async () => (await import('./manifest/fromInventory.js')).fromInventoryCommand,
  },
];

function help(): string {
  const width = Math.max(...subcommands.map(({ name }) => name.length));
  return [
    'Usage: s3batch manifest <command> [options]',
    '',
    'Makes manifests from manifests, buckets and inventories, of any size and in little memory. Rows of manifests are kept byte for byte;',
    'two are the same object when bucket, decoded key and version are the same. FILE may be - for stdin; .gz files are unpacked.',
    '',
    'Commands:',
    ...subcommands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    "Run 's3batch manifest <command> --help' for a command's own options.",
    '',
  ].join('\n');
}

/** `s3batch manifest …`: everything that makes a manifest of manifests, inventories or buckets. */
export const manifestCommand: CliCommand = async (argv, io) => {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    await writeOut(name === undefined ? io.stderr : io.stdout, help());
    return name === undefined ? 2 : 0;
  }
  const entry = subcommands.find((command) => command.name === name);
  if (entry === undefined) throw usageError(`Unknown command 'manifest ${name}'.`);
  return runEntry(entry, `manifest ${name}`, args, io);
};
