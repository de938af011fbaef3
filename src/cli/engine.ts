import { runEngine } from '../engine/engineProcess.js';
import type { CliCommand } from './cliIo.js';

/** `s3batch engine`: runs a local engine in this process until it is told to end. */
export const engineCommand: CliCommand = (argv, io) => runEngine(argv, io);
