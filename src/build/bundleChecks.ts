import type { Bundle } from './bundleFiles.js';

const kibibyte = 1024;

/** Budget 10 of the design: start-up code only, everything else in chunks. */
export const extensionBudgetBytes = 60 * kibibyte;

/** What one kind of bundle may hold besides src/base and src/core. */
interface BundleRule {
  /** Matches the source that the bundle is made from. */
  readonly entry: RegExp;
  readonly budgetBytes?: number;
  /** Folders or files below the root that it may hold. */
  readonly sources: readonly string[];
  /** Packages, or scopes with a trailing slash. Packages that a named one needs are named as well. */
  readonly packages: readonly string[];
}

const sdk = [
  '@aws-sdk/',
  '@smithy/',
  '@aws-crypto/',
  '@aws/',
  'tslib',
  'fast-xml-parser',
  'fast-xml-builder',
  'strnum',
  'bowser',
  'uuid',
];
/** Readers of zip files. */
const filePackages = ['yauzl', 'pend'];
/** hash-wasm has xxHash, which Node lacks: streaming, without dependencies, 13 KB in a chunk that only such a checksum loads. */
const enginePackages = [
  'hash-wasm',
  'saxes',
  'xmlchars',
  'yaml',
  'sucrase',
  '@jridgewell/',
  'lines-and-columns',
  'ts-interface-checker',
];
/** The parts of the engine that others run in their own process: to start the engine's, and to join one that runs. */
const launcher = ['src/engine/launchEngine.ts', 'src/engine/sharing'];

const rules: readonly BundleRule[] = [
  {
    entry: /^src\/extension\.ts$/,
    budgetBytes: extensionBudgetBytes,
    sources: ['src/extension.ts', 'src/ui', 'src/engine/contracts.ts', ...launcher],
    packages: [],
  },
  {
    entry: /^src\/ui\//,
    sources: ['src/ui', 'src/files', 'src/assembly', 'src/engine/contracts.ts', ...launcher],
    packages: ['jsonc-parser', ...filePackages],
  },
  { entry: /^src\/core\//, sources: [], packages: ['jsonc-parser'] },
  {
    entry: /^src\/cli\.ts$/,
    budgetBytes: extensionBudgetBytes,
    sources: ['src/cli.ts', 'src/cli', 'src/files/streams.ts'],
    packages: [],
  },
  {
    entry: /^src\/cli\//,
    sources: ['src/cli', 'src/engine', 'src/files', 'src/assembly'],
    packages: ['jsonc-parser', ...enginePackages, ...filePackages],
  },
  { entry: /^src\/engine\//, sources: ['src/engine'], packages: enginePackages },
  { entry: /^src\/aws\//, sources: ['src/aws'], packages: sdk },
  { entry: /^src\/files\//, sources: ['src/files', 'src/assembly'], packages: filePackages },
  { entry: /^src\/webview\//, sources: ['src/webview'], packages: [] },
];

/** What is wrong with the bundles, a sentence each; none when all is well. */
export function checkBundles(bundles: readonly Bundle[]): string[] {
  return bundles.flatMap((bundle) => {
    const rule = rules.find(({ entry }) => entry.test(bundle.entry));
    if (rule === undefined) return [`${bundle.file}: no rule says what it may hold. Add one to src/build/bundleChecks.ts.`];
    return [...checkSize(bundle, rule), ...Object.keys(bundle.inputs).flatMap((input) => checkInput(bundle, rule, input))];
  });
}

function checkSize({ file, sizeBytes, inputs }: Bundle, { budgetBytes }: BundleRule): string[] {
  if (budgetBytes === undefined || sizeBytes <= budgetBytes) return [];
  const biggest = Object.entries(inputs)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([input, bytes]) => `${input} ${inKilobytes(bytes)}`);
  return [
    `${file}: ${inKilobytes(sizeBytes)} is over its budget of ${inKilobytes(budgetBytes)}. Import what start-up does not need with ` +
      `import('./x.js'). Biggest: ${biggest.join(', ')}.`,
  ];
}

function checkInput({ file }: Bundle, rule: BundleRule, input: string): string[] {
  const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (packageName !== undefined) {
    const isAllowed = rule.packages.some((name) => (name.endsWith('/') ? packageName.startsWith(name) : packageName === name));
    return isAllowed ? [] : [`${file}: holds the package ${packageName} (${input}), which it may not.`];
  }
  const allowed = ['src/base', 'src/core', ...rule.sources];
  const isAllowed = allowed.some((source) => input === source || input.startsWith(`${source}/`));
  return isAllowed
    ? []
    : [`${file}: holds ${input}, which belongs in another bundle. Load it with import(), or move what is shared.`];
}

export function inKilobytes(bytes: number): string {
  return `${(bytes / kibibyte).toFixed(1)} KB`;
}
