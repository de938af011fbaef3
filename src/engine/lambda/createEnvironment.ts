import type { Environment, EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../contracts.js';
import { siblingScript } from '../siblingScript.js';
import { createExecutableEnvironment } from './executable/executableEnvironment.js';
import { functionError } from './functionError.js';
import { NodeEnvironment } from './node/nodeEnvironment.js';
import { createPythonEnvironment } from './python/pythonEnvironment.js';

/** Which of the engine's runners a runtime needs. `executable`: a `bootstrap` that speaks the Runtime API. */
export type RuntimeFamily = 'node' | 'python' | 'executable' | 'unsupported';

export function runtimeFamily(runtime: string): RuntimeFamily {
  if (/^nodejs\d+\.x$/.test(runtime)) return 'node';
  if (/^python3\.\d+$/.test(runtime)) return 'python';
  return runtime === 'provided' || runtime.startsWith('provided.') ? 'executable' : 'unsupported';
}

/**
 * Makes an execution environment for a function, in a worker thread or a process that has nothing else to do (see NodeEnvironment).
 * What is wrong with the function is the outcome of each invoke, never a rejection.
 */
export async function createEnvironment(definition: FunctionDefinition, options: EnvironmentOptions): Promise<Environment> {
  switch (runtimeFamily(definition.runtime)) {
    case 'node':
      return NodeEnvironment.create(definition, {
        ...options,
        handlerSdk: options.handlerSdk ?? siblingScript('handlerSdk', '../aws/handlerSdk'),
      });
    case 'python':
      return createPythonEnvironment(definition, options);
    case 'executable':
      return createExecutableEnvironment(definition, options);
    default:
      return unsupported(definition);
  }
}

function unsupported(definition: FunctionDefinition): Environment {
  const outcome: InvokeOutcome = functionError(
    'Runtime.Unsupported',
    `${definition.name} has the runtime ${definition.runtime}, which does not run on this machine. Node.js (nodejs20.x and newer), Python (python3.x) and executables (provided.al2023, provided.al2) do.`,
  );
  return { isUsable: true, invoke: () => Promise.resolve(outcome), dispose: () => Promise.resolve() };
}
