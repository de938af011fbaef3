import { errorMessage, isBatchError } from '../../base/errors.js';
import { debugPlanVariable, type DebugPlan, type PreparedPython } from '../../core/handler/debugPlan.js';
import { ParentProcess } from './parentProcess.js';
import { pythonDebuggee } from './pythonDebuggee.js';
import { runDebugPlan } from './runDebugPlan.js';
import { serveJob } from './serveJob.js';
import { thisProcess } from './thisProcess.js';

/** Entry of `dist/debugHost.js`, which a debugger starts, or debugHandler.py: composition only. */
const text = process.env[debugPlanVariable];
delete process.env[debugPlanVariable];
if (text === undefined) {
  thisProcess.print(
    'stderr',
    `This program is started by the debugger of the S3 Batch extension, with ${debugPlanVariable} set.`,
  );
  thisProcess.end(2);
}
const plan = JSON.parse(text ?? '{}') as DebugPlan;
if (plan.isPrepared === true) prepare();
else run();

function run(): void {
  const { tasks } = plan;
  const isJob = 'session' in tasks;
  const host = plan.isHandlerInParent === true ? new ParentProcess({ isOutputTold: isJob }) : thisProcess;
  const work = isJob ? serveJob(plan, tasks, host) : runDebugPlan(plan, tasks, host);
  work.then(
    (isSucceeded) => host.end(isSucceeded ? 0 : 1),
    (error: unknown) => {
      host.print('stderr', errorMessage(error));
      host.end(2);
    },
  );
}

function prepare(): void {
  const tell = (prepared: PreparedPython): void => thisProcess.print('stdout', JSON.stringify(prepared));
  pythonDebuggee(plan, __dirname).then(tell, (error: unknown) => {
    const { code, hint } = isBatchError(error) ? error : { code: 'Internal', hint: undefined };
    tell({ error: { code, message: errorMessage(error), ...(hint === undefined ? {} : { hint }) } });
  });
}
