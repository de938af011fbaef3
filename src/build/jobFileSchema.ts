import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const source = 'src/core/job/jobFileSchema.ts';

/** Where package.json (`contributes.jsonValidation`) expects it. */
export const jobFileSchemaFile = 'dist/jobFile.schema.json';

interface SchemaModule {
  jobFileSchema(purpose: 'editor'): unknown;
}

/** Writes the JSON schema of job files, made from the catalogue as it is, into `dist/`. */
export async function writeJobFileSchema(root: string): Promise<void> {
  if (!existsSync(join(root, source))) return;
  // A name of its own each time: Node remembers the modules that it has loaded by theirs.
  const outfile = join(root, 'out', 'build', `jobFileSchema-${process.pid}-${Date.now()}.mjs`);
  await build({
    entryPoints: [join(root, source)],
    outfile,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    logLevel: 'warning',
  });
  const { jobFileSchema } = (await import(pathToFileURL(outfile).href)) as SchemaModule;
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, jobFileSchemaFile), JSON.stringify(jobFileSchema('editor')));
}
