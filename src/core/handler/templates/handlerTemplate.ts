import { BatchError } from '../../../base/errors.js';
import { javaScriptFiles } from './javaScriptTemplate.js';
import { pythonFiles } from './pythonTemplate.js';
import type { HandlerTemplateOptions, TemplateFile } from './templateFile.js';
import { typeScriptFiles } from './typeScriptTemplate.js';

/**
 * A project with one handler for LambdaInvoke jobs: the handler, its types, a template.yaml that the local engine and SAM read, a sample
 * event, a test that runs and a README.
 * @throws BatchError `InvalidFunctionName`.
 */
export function handlerTemplate(options: HandlerTemplateOptions): readonly TemplateFile[] {
  if (!/^[A-Za-z0-9-_]{1,64}$/.test(options.name)) {
    throw new BatchError(
      'InvalidFunctionName',
      `${options.name === '' ? 'The empty name' : options.name} is not a possible function name.`,
      {
        hint: 'Use 1 to 64 letters, digits, hyphens and underscores.',
      },
    );
  }
  switch (options.language) {
    case 'typescript':
      return typeScriptFiles(options);
    case 'javascript':
      return javaScriptFiles(options);
    case 'python':
      return pythonFiles(options);
  }
}
