import assert from 'node:assert/strict';
import * as vscode from 'vscode';

export interface Stop {
  readonly session: vscode.DebugSession;
  readonly source: string;
  /** The source is a file that lies there, and not a text that only the debugger has. */
  readonly isFile: boolean;
  readonly line: number;
  readonly name: string;
  readonly frameId: number;
  readonly threadId: number;
}

/** What the debugger says while a test runs. */
class DebugLog {
  readonly output: string[] = [];
  readonly #stops: Stop[] = [];
  readonly #waiting: ((stop: Stop) => void)[] = [];
  readonly #disposables: vscode.Disposable[] = [];

  constructor() {
    this.#disposables.push(
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { type: string; event?: string; body?: { threadId?: number; output?: string } }) => {
            if (message.event === 'output') this.output.push(message.body?.output ?? '');
            if (message.event === 'stopped') void this.#onStopped(session, message.body?.threadId ?? 0);
          },
        }),
      }),
    );
  }

  async #onStopped(session: vscode.DebugSession, threadId: number): Promise<void> {
    const { stackFrames } = (await session.customRequest('stackTrace', { threadId, levels: 1 })) as {
      stackFrames: {
        id: number;
        line: number;
        name: string;
        source?: { path?: string; name?: string; sourceReference?: number };
      }[];
    };
    const [frame] = stackFrames;
    if (frame === undefined) return;
    const named = frame.source?.path ?? frame.source?.name ?? '';
    // On a server, VS Code turns the paths of adapters that it starts itself into URIs of the server's files.
    const source = named.startsWith('vscode-remote:') ? vscode.Uri.parse(named).path : named;
    const isFile = frame.source?.path !== undefined && (frame.source.sourceReference ?? 0) === 0;
    const stop = { session, source, isFile, line: frame.line, name: frame.name, frameId: frame.id, threadId };
    const next = this.#waiting.shift();
    if (next === undefined) this.#stops.push(stop);
    else next(stop);
  }

  stopped(): Promise<Stop> {
    const stop = this.#stops.shift();
    return stop === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(stop);
  }

  /** Resolves once the output holds the text. */
  async says(text: string): Promise<void> {
    for (let turn = 0; !this.output.join('').includes(text); turn += 1) {
      assert.ok(turn < 200, `not said: ${text}\n${this.output.join('')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}

export async function evaluate(stop: Stop, expression: string): Promise<string> {
  const { result } = (await stop.session.customRequest('evaluate', { expression, frameId: stop.frameId, context: 'watch' })) as {
    result: string;
  };
  return result;
}

/** Keeps a log for each test of the suite it is called in, and ends after each what it has started. Gives the log of the running test. */
export function useDebugLog(): () => DebugLog {
  let log: DebugLog;
  setup(() => {
    log = new DebugLog();
  });
  teardown(async () => {
    log.dispose();
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  return () => log;
}
