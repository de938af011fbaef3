import type { CliCommand } from './cliIo.js';

export interface CommandEntry {
  readonly name: string;
  /** For the list of commands: what it does, without a full stop. */
  readonly summary: string;
  /** Loads the command's own file: no command pays for another. */
  load(): Promise<CliCommand>;
}
