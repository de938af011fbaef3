import { writeSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { codeFolder } from '../codeFolder.js';
import { createEnvironment } from '../lambda/createEnvironment.js';
import type { TaskAttempt } from '../run/taskPerformer.js';
import type { HandlerHost } from './handlerHost.js';

// A handler may put another one in its place.
const exit = process.exit.bind(process);

/** This process as that of the handler: JavaScript. */
export const thisProcess: HandlerHost = {
  createEnvironment: (definition, options) => {
    const { cwd } = codeFolder(definition);
    if (cwd !== undefined) process.chdir(cwd);
    return createEnvironment(definition, options);
  },
  print: (stream, line) => {
    writeSync(stream === 'stdout' ? 1 : 2, `${line}\n`);
  },
  isGone: false,
  gone: new Promise(() => undefined),
  stopBefore,
  end: exit,
};

/** A place to stop at that says where one is: the next step into a function is into the handler. */
function stopBefore({ row, bucket, keyField }: Pick<TaskAttempt, 'row' | 'bucket' | 'keyField'>, event: unknown): void {
  const source = `(function handlerIsCalledNext(row, object, event) {
  // The handler is about to be called for this row. Step into it with F11, or continue to a breakpoint with F5.
  debugger;
})`;
  const stop = runInThisContext(source, { filename: 's3batch-row.js' }) as (row: number, object: string, event: unknown) => void;
  stop(row + 1, `${bucket}/${keyField}`, event);
}
