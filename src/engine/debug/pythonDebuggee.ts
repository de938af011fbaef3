import { dirname, join } from 'node:path';
import { type DebugPlan, debugPlanVariable, type PythonDebuggee } from '../../core/handler/debugPlan.js';
import { askPython, findPython } from '../lambda/python/findPython.js';
import { functionArgument, pythonProgram, pythonVariables } from '../lambda/python/pythonProgram.js';
import debugHandler from './debugHandler.py';
import { findPlannedFunction } from './findPlannedFunction.js';

/**
 * Prepares the debugging of a Python function with debugpy, in the interpreter and with the variables that it has in a job.
 * `distDirectory`: the folder of what was built. Rejects with a BatchError that says what is wrong with the function or the interpreter.
 */
export async function pythonDebuggee(given: DebugPlan, distDirectory: string): Promise<PythonDebuggee> {
  const { isPrepared: _isPrepared, variables: own = {}, ...plan } = given;
  // What it warns of is said when the handler runs.
  const definition = await findPlannedFunction(plan, () => undefined);
  const { codeDirectory } = definition;
  const { executable } = await findPython(plan.environment.python, codeDirectory);
  const debugpy = await findDebugpy(executable, codeDirectory);
  const base: Record<string, string | undefined> = { ...process.env };
  for (const [name, value] of Object.entries(own)) base[name] = value ?? undefined;
  const options = { ...plan.environment, onOutput: () => undefined, isDebugged: true };
  const inParent: DebugPlan = { ...plan, isHandlerInParent: true };
  const variables: Record<string, string> = {
    ...pythonVariables(definition, options, base),
    [debugPlanVariable]: JSON.stringify(inParent),
  };
  const env: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(variables)) if (process.env[name] !== value) env[name] = value;
  for (const name of Object.keys(process.env)) if (!(name in variables)) env[name] = null;
  const argument = functionArgument(definition, {
    host: [process.execPath, join(distDirectory, 'debugHost.js')],
    rowFile: join(distDirectory, 's3batch_row.py'),
    planVariable: debugPlanVariable,
  });
  return {
    launch: {
      code: libraryCode(pythonProgram(debugHandler)),
      args: [argument],
      python: [executable],
      cwd: codeDirectory,
      env,
    },
    executable,
    ...(debugpy === undefined ? {} : { debugpy }),
  };
}

/**
 * Runs a program as debugpy's "library code", which it steps over and whose exceptions it leaves alone: for that the name of its file
 * begins with `<`, and is not `<string>`, which is the name of what `python -c` runs.
 */
function libraryCode(program: string): string {
  return `exec(compile(${JSON.stringify(program)}, "<s3batch>", "exec"), {"__name__": "__main__"})`;
}

async function findDebugpy(executable: string, codeDirectory: string): Promise<string | undefined> {
  const { status, out } = await askPython(executable, ['-c', 'import debugpy;print(debugpy.__file__)'], codeDirectory);
  return status === 0 ? dirname(out.trim()) : undefined;
}
