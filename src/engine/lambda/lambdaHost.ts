import { errorMessage } from '../../base/errors.js';
import type { Environment } from '../contracts.js';
import { createEnvironment } from './createEnvironment.js';
import type { HostReply, HostRequest } from './hostMessages.js';
import { watchParent } from './watchParent.js';

/** The program of one process of the Lambda API: one environment of one function. It ends when the engine does. */

// A handler may put another one in its place.
const exit = process.exit.bind(process);
let environment: Environment | undefined;

function reply(message: HostReply): void {
  process.send?.(message, (error: Error | null) => {
    if (error !== null) exit(0);
  });
}

async function handle(request: HostRequest): Promise<void> {
  if (request.kind === 'start') {
    environment = await createEnvironment(request.definition, {
      ...request.options,
      onOutput: (stream, line) => reply({ kind: 'output', stream, line }),
    });
    reply({ kind: 'ready' });
    return;
  }
  if (environment === undefined) throw new Error('An invocation came before the start.');
  const deadlineMs = request.deadlineMs ?? Infinity;
  const outcome = await environment.invoke(request.event, { requestId: request.requestId, deadlineMs });
  reply({ kind: 'outcome', outcome, isUsable: environment.isUsable !== false });
}

process.on('disconnect', () => exit(0));
watchParent();
process.on('message', (request: HostRequest) => {
  handle(request).catch((error: unknown) => reply({ kind: 'broken', message: errorMessage(error) }));
});
