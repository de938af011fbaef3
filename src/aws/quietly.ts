import process from 'node:process';

const switchName = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Builds SDK clients without the SDK's warning about old Node versions: the Node of an extension host is not its user's choice, and on
 * the command line it would end up between the lines of our output. The variable is read while a client is built, so it is set only then.
 */
export function withoutVersionWarning<T>(build: () => T): T {
  const before = process.env[switchName];
  process.env[switchName] = 'true';
  try {
    return build();
  } finally {
    if (before === undefined) delete process.env[switchName];
    else process.env[switchName] = before;
  }
}

/** For clients of the engine: what goes wrong is in their errors, and the console is not theirs. */
export const silentLogger = { debug: noLog, info: noLog, warn: noLog, error: noLog };

function noLog(): void {
  // What matters is in the errors.
}
