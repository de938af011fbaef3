import { createEnvironment } from '../lambda/createEnvironment.js';
import { createLambdaPerformer } from './lambdaPerformer.js';
import { runHostMain } from './runHostMain.js';

/** Entry of `dist/runHost.js`: composition only. */
runHostMain((plan, output) => createLambdaPerformer(plan, createEnvironment, output));
