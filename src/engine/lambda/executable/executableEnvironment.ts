import { spawn } from 'node:child_process';
import { BatchError } from '../../../base/errors.js';
import type { EnvironmentOptions, FunctionDefinition } from '../../contracts.js';
import { lambdaVariables } from '../lambdaVariables.js';
import { ProcessEnvironment, type Program, type ProgramEvents } from '../processEnvironment.js';
import { findBootstrap } from './bootstrapFile.js';
import { RuntimeApi } from './runtimeApi.js';

/**
 * Becomes the program, and leaves a watcher behind: it holds a pipe to this process, and ends the program's group when that closes.
 * A program that polls an API that is gone would otherwise do so for ever.
 */
const startScript = 'exec 3<&0; { read _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$0" </dev/null 3<&-';

/** An executable that speaks the Runtime API (`provided.al2023`, `provided.al2`), one process an environment. */
export function createExecutableEnvironment(definition: FunctionDefinition, options: EnvironmentOptions): ProcessEnvironment {
  return new ProcessEnvironment(definition, options, {
    subject: 'The executable of the function',
    start: (events) => startExecutable(definition, options, events),
  });
}

async function startExecutable(
  definition: FunctionDefinition,
  options: EnvironmentOptions,
  events: ProgramEvents,
): Promise<Program> {
  if (process.platform === 'win32') {
    throw new BatchError('Unsupported', `${definition.name} is an executable for Linux, which Windows does not run.`, {
      hint: 'Open the folder in WSL or in a container to run it.',
    });
  }
  const { file, codeDirectory } = await findBootstrap(definition);
  const api = await RuntimeApi.listen(definition, events);
  const variables = lambdaVariables({ ...definition, codeDirectory }, options, process.env);
  const child = spawn('/bin/sh', ['-c', startScript, file], {
    cwd: codeDirectory,
    env: { ...variables, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what the function starts ends with it.
    detached: true,
  });
  return {
    process: child,
    pipes: [child.stdin],
    send: (invocation) => api.send(invocation),
    get hasTaken() {
      return api.isRunning;
    },
    leave: () => {
      child.kill('SIGTERM');
    },
    release: () => api.close(),
  };
}
