import { systemClock } from '../../src/base/clock.js';
import { defaultEngineSettings, type FunctionDefinition } from '../../src/engine/contracts.js';
import { createEnvironment, runtimeFamily } from '../../src/engine/lambda/createEnvironment.js';
import { EnvironmentPool } from '../../src/engine/lambda/environmentPool.js';
import { HostedEnvironment } from '../../src/engine/lambda/hostedEnvironment.js';
import { siblingScript } from '../../src/engine/siblingScript.js';
import { testOptions } from './environmentThread.js';

/** A process that invokes a function which never answers, to be killed: `orphanParent.js DEFINITION_JSON`. */
const definition = JSON.parse(process.argv[2] ?? '') as FunctionDefinition;
const host = siblingScript('lambdaHost', 'lambda/lambdaHost');
const pool = new EnvironmentPool(
  (made, onOutput) =>
    runtimeFamily(made.runtime) === 'node'
      ? new HostedEnvironment(host, made, { ...testOptions, onOutput })
      : createEnvironment(made, { ...testOptions, onOutput }),
  systemClock,
  defaultEngineSettings,
);
await pool.invoke(
  definition,
  {},
  () => ({ requestId: 'r', deadlineMs: Infinity }),
  (_stream, line) => process.stdout.write(`${line}\n`),
);
