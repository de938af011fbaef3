/** Members of a task in tasks.json beside `jobFile`, and the options of `s3batch run` that they stand for. package.json describes them. */
export const taskOptions = {
  sample: 'sample',
  seed: 'seed',
  limit: 'limit',
  concurrency: 'concurrency',
  memory: 'memory',
  settings: 'setting',
  chaos: 'chaos',
  fetch: 'fetch',
  fetchLimit: 'fetch-limit',
  profile: 'profile',
  region: 'region',
  endpoint: 'endpoint',
  report: 'report',
  changes: 'changes',
} as const;

/**
 * The options of `s3batch run` that a definition asks for, as they stand there: what is not possible was marked in tasks.json, and the
 * command says what is wrong with it rather than run something else.
 */
export function taskArguments(definition: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(taskOptions).flatMap(([member, option]) => {
    const value = definition[member];
    if (value === true) return [`--${option}`];
    if (value === undefined || value === false || value === '') return [];
    if (member === 'settings' && typeof value === 'object' && value !== null) {
      return Object.entries(value).map(([name, setting]) => `--${option}=${name}=${String(setting)}`);
    }
    return [`--${option}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`];
  });
}
