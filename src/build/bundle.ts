import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, context } from 'esbuild';

/** Every bundle of the product: its file in dist/ and its entry. Lazily loaded parts of the extension are entries of their own. */
export const bundles: Readonly<Record<string, string>> = {
  extension: 'src/extension.ts',
  aws: 'src/aws/main.ts',
  cli: 'src/cli.ts',
  engine: 'src/engine/main.ts',
  runHost: 'src/engine/run/runHost.ts',
  lambdaHost: 'src/engine/lambda/lambdaHost.ts',
};

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Without this the SDK's CommonJS build is taken, which can't be tree-shaken: half as big again and twice as slow to load.
  mainFields: ['module', 'main'],
  external: ['vscode'],
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
};

export async function bundleAll(root: string, options: { watch: boolean }): Promise<number> {
  if (!options.watch) await rm(join(root, 'dist'), { recursive: true, force: true });
  const present = Object.entries(bundles).filter(([, entry]) => existsSync(join(root, entry)));
  const contexts = await Promise.all(
    present.map(([name, entry]) =>
      context({ ...shared, entryPoints: [join(root, entry)], outfile: join(root, 'dist', `${name}.js`) }),
    ),
  );
  if (options.watch) {
    await Promise.all(contexts.map((item) => item.watch()));
    await new Promise<never>(() => undefined);
  }
  await Promise.all(contexts.map((item) => item.rebuild()));
  await Promise.all(contexts.map((item) => item.dispose()));
  return 0;
}
