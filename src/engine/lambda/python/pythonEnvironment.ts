import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../contracts.js';
import { type OutputRead, ProcessEnvironment, type Program, type ProgramEvents } from '../processEnvironment.js';
import { findPython } from './findPython.js';
import { OutcomeRing } from './outcomeRing.js';
import pythonBootstrap from './bootstrap.py';
import { pythonOutcome } from './pythonOutcome.js';
import { functionArgument, pythonProgram, pythonVariables } from './pythonProgram.js';

/** Python in one long-lived child process. */
export function createPythonEnvironment(definition: FunctionDefinition, options: EnvironmentOptions): ProcessEnvironment {
  return new ProcessEnvironment(definition, options, {
    subject: 'The Python interpreter',
    start: (events) => startPython(definition, options, events),
  });
}

/** Invocations go as lines to file descriptor 3 of the child, outcomes come by a ring; see bootstrap.py. */
async function startPython(definition: FunctionDefinition, options: EnvironmentOptions, events: ProgramEvents): Promise<Program> {
  const python = await findPython(options.python, definition.codeDirectory);
  const ring = new OutcomeRing();
  const child = spawn(python.executable, ['-c', pythonProgram(pythonBootstrap), functionArgument(definition)], {
    cwd: definition.codeDirectory,
    env: pythonVariables(definition, options, process.env),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', ring.fd],
    // A group of its own, so that what the handler starts ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const [lifeline, , , input, output] = child.stdio as unknown as [Writable, Readable, Readable, Writable, Readable];
  const long: string[] = [];
  const poll = (isPatient: boolean): boolean => {
    let isHeld = false;
    ring.drain((line) => {
      const outcome = line === 'L' ? long[0] : line;
      isHeld = outcome !== undefined && isPatient && !isOutputRead(outcome, events.outputRead);
      if (outcome === undefined || isHeld) return false;
      if (line === 'L') long.shift();
      events.onOutcome(readOutcome(outcome));
      return true;
    });
    return isHeld;
  };
  const lines = new OutcomeLines((line) => {
    if (line === 'S') events.onTurn();
    else {
      if (line !== 'W') long.push(line);
      poll(true);
    }
  });
  output.on('data', (chunk: Buffer) => lines.write(chunk));
  let unsent = '';
  const sendAll = (): void => {
    input.write(unsent);
    unsent = '';
  };
  return {
    process: child,
    pipes: [lifeline, input, output],
    send: ({ event, requestId, allowanceMs }) => {
      // Lines of one turn of the event loop go out together.
      if (unsent === '') process.nextTick(sendAll);
      unsent += `${JSON.stringify({ requestId, allowanceMs: allowanceMs === Infinity ? null : allowanceMs, event })}\n`;
    },
    // Its input's end lets the child flush what it has and go.
    leave: () => input.end(),
    poll,
    release: () => ring.close(),
  };
}

/** Of an outcome with output: what it is, and the bytes that were printed until then. */
const withOutput = /^([a-z])(\d+),(\d+) /;

function isOutputRead(line: string, read: OutputRead): boolean {
  const [, , stdout, stderr] = withOutput.exec(line) ?? [];
  return Number(stdout ?? 0) <= read.stdout && Number(stderr ?? 0) <= read.stderr;
}

function readOutcome(line: string): InvokeOutcome {
  const [head, small] = withOutput.exec(line) ?? [line.slice(0, 1), line.charAt(0)];
  return pythonOutcome((small ?? '').toUpperCase(), line.slice(head.length));
}

/** Lines of the child's descriptor 4. They may be megabytes long, so pieces are joined once a line is whole. */
class OutcomeLines {
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end);
      const line = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]);
      this.#pieces = [];
      start = end + 1;
      this.#onLine(line.toString('latin1'));
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }
}
