import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { createEnvironment } from '../../../src/engine/lambda/createEnvironment.js';
import { EnvironmentThread, HandlerFolder, testOptions } from '../../support/environmentThread.js';
import { noRic, ricVersion, writeRicBootstrap } from '../../support/lambdaRic.js';
import { handlerNameCases, nodeHandlerCases, outcomeText } from '../../support/nodeHandlerCases.js';

/** The runtime whose ways the installed version of AWS's client has. */
const isPromises = Number(ricVersion.split('.')[0]) >= 4;
const runtime = isPromises ? 'nodejs24.x' : 'nodejs20.x';

type Files = Readonly<Record<string, string>>;
type Invoke = (event: unknown, timeoutMs?: number) => Promise<InvokeOutcome>;

async function withOurs(files: Files, handler: string, action: (invoke: Invoke) => Promise<void>): Promise<void> {
  const folder = new HandlerFolder(files);
  const thread = new EnvironmentThread(folder.definition({ runtime, handler }));
  try {
    await action((event, timeoutMs) => thread.invoke(event, timeoutMs));
  } finally {
    await thread.close();
    folder.remove();
  }
}

/** AWS's client, fed by the engine's own Runtime API. */
async function withTheirs(files: Files, handler: string, action: (invoke: Invoke) => Promise<void>): Promise<void> {
  const folder = new HandlerFolder(files);
  writeRicBootstrap(folder, handler);
  const definition: FunctionDefinition = folder.definition({ runtime: 'provided.al2023', handler });
  const environment = await createEnvironment(definition, { ...testOptions, onOutput: () => undefined });
  let count = 0;
  try {
    await action((event, timeoutMs = 5000) =>
      environment.invoke(event, { requestId: `request-${(count += 1)}`, deadlineMs: Date.now() + timeoutMs }),
    );
  } finally {
    await environment.dispose();
    folder.remove();
  }
}

async function bothOutcomes(files: Files, handler: string, timeoutMs: number): Promise<[ours: string, theirs: string]> {
  const outcomes: string[] = [];
  for (const side of [withOurs, withTheirs]) {
    await side(files, handler, async (invoke) => {
      outcomes.push(comparable(await invoke({ value: 1 }, timeoutMs)));
    });
  }
  const [ours = '', theirs = ''] = outcomes;
  return [ours, theirs];
}

/** Of what Node and the client say at length, the first line: paths and hints differ. */
function comparable(outcome: InvokeOutcome): string {
  const text = outcomeText(outcome);
  if (/^Runtime\.(?:ImportModuleError|UserCodeSyntaxError|MalformedHandlerName)/.test(text)) return text.replace(/:[\s\S]*$/, '');
  if (text.startsWith('Error: Cannot find package')) return text.replace(/ imported from [\s\S]*$/, '');
  if (text.startsWith('Error: Invalid package config')) return 'Error: Invalid package config';
  return text;
}

test('handlers end as with the runtime client of AWS', { skip: noRic }, async () => {
  const differences: string[] = [];
  for (const [name, source] of nodeHandlerCases) {
    const [ours, theirs] = await bothOutcomes({ 'app.js': source }, 'app.handler', name === 'hangs' ? 1500 : 5000);
    if (ours !== theirs) differences.push(`${name}: ${ours}, not ${theirs}`);
  }
  assert.deepEqual(differences, []);
});

test('handlers are found where the runtime client of AWS finds them', { skip: noRic }, async () => {
  const differences: string[] = [];
  for (const [name, files, handler] of handlerNameCases) {
    const [ours, theirs] = await bothOutcomes(files, handler, 5000);
    if (ours !== theirs) differences.push(`${name}: ${ours}, not ${theirs}`);
  }
  assert.deepEqual(differences, []);
});

const values = [
  'undefined', 'null', 'true', '0', '-0', 'NaN', '1e400', '"text"', '""', '"\\ud800"', '[]', '[undefined, () => 1]', '{}',
  '({ a: undefined, b: { c: [1, null] } })', '({ toJSON: () => 5 })', '({ toJSON() { throw new Error("json") } })', '10n', 'Symbol("s")',
  'function named() {}', 'new Date(0)', 'new Map([[1, 2]])', 'Buffer.from("ab")', 'new Error("message")', 'new TypeError("")',
  'Object.assign(new Error("m"), { code: "E" })', 'class Own extends Error { constructor() { super("own"); this.name = "Own" } }; new Own()',
  'Object.create(null)', '(() => { const a = {}; a.a = a; return a })()', '({ errorType: "T", errorMessage: "m" })', 'Object.freeze([1])',
] as const; // prettier-ignore

const ends = [
  'return V',
  'throw V',
  'return Promise.resolve(V)',
  'return Promise.reject(V)',
  'return new Promise((done) => setTimeout(() => done(V), 1))',
  'return new Promise((_, fail) => setImmediate(() => fail(V)))',
  'return { then: (done) => done(V) }',
  'return { then: (_, fail) => process.nextTick(() => fail(V)) }',
] as const;

const callbackEnds = [
  'cb(null, V)',
  'cb(V)',
  'cb(undefined, V); return 1',
  'setTimeout(() => cb(null, V), 1)',
  'setImmediate(() => cb(V))',
  'cb(null, V); throw new Error("late")',
  'cb(null, V); cb(null, "second")',
  'c.succeed(V)',
  'c.fail(V)',
  'c.done(V)',
  'c.done(null, V)',
  'setTimeout(() => c.done(null, V), 1)',
  'c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 50); cb(null, V)',
  'cb(null, V); return Promise.resolve("promise")',
] as const;

test('every value ends an invocation in every way as with the runtime client of AWS', { skip: noRic }, async (t) => {
  const parameters = isPromises ? 'e, c' : 'e, c, cb';
  const files = { 'app.js': `exports.handler = (${parameters}) => (0, eval)(e.source)(${parameters});` };
  const bodies = values.flatMap((value) =>
    (isPromises ? ends : [...ends, ...callbackEnds]).map((end) => `const V = (() => { ${valueText(value)} })(); ${end}`),
  );
  const sources = bodies.flatMap((body) => [`(${parameters}) => { ${body} }`, `async (${parameters}) => { ${body} }`]);
  const [ours, theirs]: [string[], string[]] = [[], []];
  for (const [side, outcomes] of [
    [withOurs, ours],
    [withTheirs, theirs],
  ] as const) {
    await side(files, 'app.handler', async (invoke) => {
      for (const source of sources) outcomes.push(comparable(await invoke({ source })));
    });
  }
  const differences = sources.flatMap((source, index) =>
    ours[index] === theirs[index] ? [] : [`${source}\n  ours   ${ours[index]}\n  theirs ${theirs[index]}`],
  );
  t.diagnostic(`${sources.length} handlers compared`);
  assert.equal(differences.length, 0, `${differences.length} differ:\n${differences.slice(0, 60).join('\n')}`);
});

function valueText(value: string): string {
  const at = value.lastIndexOf('; ');
  return value.startsWith('class') ? `${value.slice(0, at)}; return ${value.slice(at + 2)}` : `return ${value}`;
}
