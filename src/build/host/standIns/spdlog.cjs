// Stands for the package @vscode/spdlog in a VS Code server that was installed without native builds. Without it the server has no log
// files, and output channels that are logs stay empty.
const { closeSync, mkdirSync, openSync, writeSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let defaultLevel = 2;

class Logger {
  #file;
  #level = defaultLevel;
  #hasFormat = true;

  constructor(_type, _name, path) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
    for (const [index, level] of levels.entries()) {
      this[level === 'warning' ? 'warn' : level] = (message) => this.#write(index, message);
    }
  }

  #write(level, message) {
    if (level < this.#level || this.#file === undefined) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    writeSync(this.#file, this.#hasFormat ? `${time} [${levels[level]}] ${message}\n` : message);
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  setPattern() {
    this.#hasFormat = true;
  }

  clearFormatters() {
    this.#hasFormat = false;
  }

  /** Everything is written at once. */
  flush() {}

  drop() {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }
}

const create = (type) => async (name, path) => new Logger(type, name, path);

// One by one: importers see only the names that a look at the text finds.
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => {
  defaultLevel = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create('rotating');
exports.createAsyncRotatingLogger = create('rotating_async');
