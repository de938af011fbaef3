import type { EnvironmentOptions, FunctionDefinition } from '../../contracts.js';
import { lambdaVariables } from '../lambdaVariables.js';
import pythonHandler from './handler.py';

/** A program for `python -c`: what all programs that run a handler share, and what this one does with it. */
export function pythonProgram(own: string): string {
  return `${pythonHandler}\n${own}`;
}

/** What such a program is told of its function, as its argument. */
export function functionArgument(
  { name, handler, codeDirectory, arn, memoryMb, timeoutMs }: FunctionDefinition,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ name, handler, codeDirectory, arn, memoryMb, timeoutMs, ...more });
}

/** The whole environment of such a program; `base` is that of who starts it. */
export function pythonVariables(
  definition: FunctionDefinition,
  options: EnvironmentOptions,
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return { ...lambdaVariables(definition, options, base), PYTHONDONTWRITEBYTECODE: '1' };
}
