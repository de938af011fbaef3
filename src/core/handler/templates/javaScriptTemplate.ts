import type { HandlerTemplateOptions, TemplateFile } from './templateFile.js';
import { handlerTypesText } from './handlerTypesText.js';
import { nodeHandlerText, nodeTestText } from './nodeHandlerText.js';
import { readmeText, sampleEventText, samTemplateText } from './sharedFiles.js';

export function javaScriptFiles({ name, schema }: HandlerTemplateOptions): readonly TemplateFile[] {
  return [
    { path: 'handler.mjs', text: nodeHandlerText(schema, false) },
    { path: 'handlerTypes.d.ts', text: handlerTypesText },
    { path: 'handler.test.mjs', text: nodeTestText(schema, false, './handler.mjs') },
    { path: 'events/event.json', text: sampleEventText(schema) },
    { path: 'template.yaml', text: samTemplateText({ name, handler: 'handler.handler', runtime: 'nodejs22.x' }) },
    {
      path: 'package.json',
      text: `${JSON.stringify(
        {
          name: name.toLowerCase(),
          version: '0.1.0',
          private: true,
          description: 'A function for S3 Batch Operations jobs',
          scripts: { test: 'node --test' },
          devDependencies: { '@aws-sdk/client-s3': '^3.700.0' },
        },
        null,
        2,
      )}\n`,
    },
    { path: '.gitignore', text: 'node_modules/\n.aws-sam/\n.s3batch/\n' },
    {
      path: 'README.md',
      text: readmeText({
        name,
        schema,
        handlerFile: 'handler.mjs',
        typesFile: 'handlerTypes.d.ts',
        testCommands: 'npm install\nnpm test',
        eventCode: 'processObject',
      }),
    },
  ];
}
