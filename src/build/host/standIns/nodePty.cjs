// Stands for the package node-pty in a VS Code server that was installed without native builds: terminals whose programs write into pipes.
// They see no terminal, so that there are no colours and no job control; they start, say what they say and end, as tasks need it.
const { spawn } = require('node:child_process');
const { EventEmitter } = require('node:events');
const { constants } = require('node:os');
const { basename } = require('node:path');

class Terminal {
  #child;
  #events = new EventEmitter();

  constructor(file, args, { cols, rows, cwd, env }) {
    this.cols = cols ?? 80;
    this.rows = rows ?? 24;
    this.process = basename(file);
    this.handleFlowControl = false;
    this.#child = spawn(file, typeof args === 'string' ? [args] : args, { cwd, env, stdio: 'pipe', detached: true });
    this.pid = this.#child.pid;
    this.onData = this.#event('data');
    this.onExit = this.#event('exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => this.#events.emit('data', text.replaceAll(/\r?\n/g, '\r\n')));
    }
    // A program that reads nothing closes its end.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => {
      this.#events.emit('data', `${error.message}\r\n`);
      this.#events.emit('exit', { exitCode: 1 });
    });
    this.#child.on('close', (exitCode, signal) => {
      if (this.pid === undefined) return;
      this.#events.emit('exit', { exitCode: exitCode ?? 1, ...(signal === null ? {} : { signal: constants.signals[signal] }) });
    });
  }

  write(data) {
    this.#child.stdin.write(data.replaceAll('\r', '\n'));
  }

  resize(columns, rows) {
    this.cols = columns;
    this.rows = rows;
  }

  clear() {}

  kill(signal = 'SIGHUP') {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has ended.
    }
  }

  pause() {
    this.#child.stdout.pause();
    this.#child.stderr.pause();
  }

  resume() {
    this.#child.stdout.resume();
    this.#child.stderr.resume();
  }

  #event(name) {
    return (listener) => {
      this.#events.on(name, listener);
      return { dispose: () => this.#events.off(name, listener) };
    };
  }
}

exports.spawn = (file, args, options) => new Terminal(file, args, options ?? {});
