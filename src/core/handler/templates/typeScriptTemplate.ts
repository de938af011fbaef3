import type { HandlerTemplateOptions, TemplateFile } from './templateFile.js';
import { handlerTypesText } from './handlerTypesText.js';
import { nodeHandlerText, nodeTestText } from './nodeHandlerText.js';
import { readmeText, sampleEventText, samTemplateText } from './sharedFiles.js';

export function typeScriptFiles({ name, schema }: HandlerTemplateOptions): readonly TemplateFile[] {
  return [
    { path: 'handler.ts', text: nodeHandlerText(schema, true) },
    { path: 'handlerTypes.ts', text: handlerTypesText },
    { path: 'handler.test.ts', text: nodeTestText(schema, true, './handler') },
    { path: 'events/event.json', text: sampleEventText(schema) },
    {
      path: 'template.yaml',
      text: samTemplateText({ name, handler: 'handler.handler', runtime: 'nodejs22.x', entryPoint: 'handler.ts' }),
    },
    {
      path: 'package.json',
      text: `${JSON.stringify(
        {
          name: name.toLowerCase(),
          version: '0.1.0',
          private: true,
          description: 'A function for S3 Batch Operations jobs',
          scripts: {
            check: 'tsc',
            test: 'esbuild handler.test.ts --bundle --platform=node --packages=external --sourcemap --log-level=warning --outfile=build/handler.test.js && node --enable-source-maps --test build/handler.test.js',
          },
          dependencies: { '@aws-sdk/client-s3': '^3.700.0' },
          devDependencies: { '@types/node': '^22.10.0', esbuild: '^0.25.0', typescript: '^5.7.0' },
        },
        null,
        2,
      )}\n`,
    },
    {
      path: 'tsconfig.json',
      text: `${JSON.stringify(
        {
          compilerOptions: {
            target: 'ES2022',
            module: 'ESNext',
            moduleResolution: 'bundler',
            lib: ['ES2023'],
            types: ['node'],
            strict: true,
            noUncheckedIndexedAccess: true,
            skipLibCheck: true,
            noEmit: true,
          },
          include: ['*.ts'],
        },
        null,
        2,
      )}\n`,
    },
    { path: '.gitignore', text: 'node_modules/\nbuild/\n.aws-sam/\n.s3batch/\n' },
    {
      path: 'README.md',
      text: readmeText({
        name,
        schema,
        handlerFile: 'handler.ts',
        typesFile: 'handlerTypes.ts',
        testCommands: 'npm install\nnpm test',
        eventCode: 'processObject',
      }),
    },
  ];
}
