import { createLambdaPerformer } from '../../src/engine/run/lambdaPerformer.js';
import { runHostMain } from '../../src/engine/run/runHostMain.js';
import { createFakeEnvironment } from './fakeEnvironment.js';

/** The run host as it is, but with the environment of the tests in its lanes. */
runHostMain((plan, output) => createLambdaPerformer(plan, createFakeEnvironment, output));
