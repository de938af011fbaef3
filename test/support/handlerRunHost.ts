import { createEnvironment } from '../../src/engine/lambda/createEnvironment.js';
import { createLambdaPerformer } from '../../src/engine/run/lambdaPerformer.js';
import { runHostMain } from '../../src/engine/run/runHostMain.js';

/** A run host with real environments. */
runHostMain((plan, output) => createLambdaPerformer(plan, createEnvironment, output));
