import { writeSync } from 'node:fs';
import { errorMessage } from '../../base/errors.js';
import { debugPlanVariable, type DebugPlan } from '../../core/handler/debugPlan.js';
import { runDebugPlan } from './runDebugPlan.js';

/** Entry of `dist/debugHost.js`, which a debugger starts: composition only. */
const text = process.env[debugPlanVariable];
delete process.env[debugPlanVariable];
// A handler may put another one in its place.
const exit = process.exit.bind(process);
const print = (stream: 'stdout' | 'stderr', line: string): void => {
  writeSync(stream === 'stdout' ? 1 : 2, `${line}\n`);
};
if (text === undefined) {
  print('stderr', `This program is started by the debugger of the S3 Batch extension, with ${debugPlanVariable} set.`);
  exit(2);
}
runDebugPlan(JSON.parse(text ?? '{}') as DebugPlan, print).then(
  (isSucceeded) => exit(isSucceeded ? 0 : 1),
  (error: unknown) => {
    print('stderr', errorMessage(error));
    exit(2);
  },
);
