import { runEngine } from '../engine/engineProcess.js';
import type { CliCommand } from './cliIo.js';
import { writeOut } from '../files/streams.js';

const help = `Usage: s3batch engine [options]

Runs the local engine until it is interrupted. Prints one line of JSON when it is ready: the endpoint and the keys that clients need.
Its log goes to standard error.

  --port N               port on 127.0.0.1; a free one when left out
  --data DIR             folder of buckets, jobs and reports (.s3batch)
  --template FILE        SAM or CloudFormation template that declares functions; may be repeated
  --region REGION        us-east-1 when left out
  --seed DIR             folder of bucket folders to start with; buckets that are there already stay as they are
  --function JSON        a function without template: {"name","folder","handler","runtime",…}; may be repeated
  --python COMMAND       interpreter for Python handlers; that of a .venv near the code, or python3, when left out
  --setting NAME=VALUE   what AWS leaves undocumented: redrives, redriveDelayMs, concurrency, activeJobs,
                         memoryMb, s3KeyEncoding, restoreDelayMs, tokenLifeMs, jobsPerPage,
                         copyPrefixJoin, checksumAlgorithm, checksumType, environmentIdleMs,
                         environmentsPerFunction, silenceMs
  --exit-with-parent     end when standard input closes
  --shared               the same, but go on while VS Code windows that have joined the engine use it
  --messages-fd N        with --shared: the open pipe for its messages and its log; standard output when left out
`;

/** `s3batch engine`: a local engine in this process. */
export const engineCommand: CliCommand = async (argv, io) => {
  if (argv.includes('--help') || argv.includes('-h')) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const { stdin, stdout, stderr, cwd, env, tool } = io;
  return runEngine(argv, { stdin, stdout, stderr, cwd, env, version: tool.version });
};
