import type { InvokeOutcome } from '../../src/engine/contracts.js';

/** `returned 1`, `Error: boom`, `timedOut`: enough to compare with what Lambda's own client posts. */
export function outcomeText(outcome: InvokeOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${JSON.stringify(outcome.payload)}`;
    case 'functionError':
      return `${outcome.errorType}: ${outcome.errorMessage.replace(/^RequestId: \S+ /, '')}`;
    default:
      return outcome.kind;
  }
}

/** Name, source of app.js, outcome with aws-lambda-ric 3.x, outcome with 4.x. Measured on 3.3.0 and 4.0.2. */
export const nodeHandlerCases: readonly (readonly [string, string, string | RegExp, string | RegExp])[] = [
  ['async returns', 'exports.handler = async (e) => ({ v: e.value })', 'returned {"v":1}', 'returned {"v":1}'],
  ['promise of a plain function', 'exports.handler = () => Promise.resolve(1)', 'returned 1', 'returned 1'],
  ['plain function returns', 'exports.handler = () => 1', 'returned null', 'returned 1'],
  [
    'callback',
    'exports.handler = (e, c, cb) => { setTimeout(() => cb(null, 2), 5) }',
    'returned 2',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['callback at once', 'exports.handler = (e, c, cb) => cb(null, 2)', 'returned 2', /^Runtime.CallbackHandlerDeprecated/],
  ['callback without value', 'exports.handler = (e, c, cb) => cb()', 'returned null', /^Runtime.CallbackHandlerDeprecated/],
  [
    'callback with error',
    'exports.handler = (e, c, cb) => cb(new TypeError("no"))',
    'TypeError: no',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['callback with text', 'exports.handler = (e, c, cb) => cb("no")', 'string: no', /^Runtime.CallbackHandlerDeprecated/],
  [
    'callback twice',
    'exports.handler = (e, c, cb) => { cb(null, 1); cb(null, 2) }',
    'returned 1',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback waits for the event loop',
    'let late = 0; exports.handler = (e, c, cb) => { setTimeout(() => { late = 1 }, 30); cb(null, { get late() { return late } }) }',
    'returned {"late":1}',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback does not wait when told',
    'let late = 0; exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => { late = 1 }, 100); cb(null, { get late() { return late } }) }',
    'returned {"late":0}',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback of work in another thread',
    'exports.handler = (e, c, cb) => { require("zlib").gzip("x".repeat(3e6), (error, data) => cb(error, data.length > 100)) }',
    'returned true',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['context.succeed', 'exports.handler = (e, c) => { c.succeed(3) }', 'returned 3', 'TypeError: c.succeed is not a function'],
  ['context.fail', 'exports.handler = (e, c) => { c.fail(new Error("x")) }', 'Error: x', 'TypeError: c.fail is not a function'],
  ['context.fail without reason', 'exports.handler = (e, c) => { c.fail() }', 'string: handled', /^TypeError/],
  ['context.done', 'exports.handler = (e, c) => { c.done(null, 4) }', 'returned 4', 'TypeError: c.done is not a function'],
  ['async throws', 'exports.handler = async () => { throw new RangeError("far") }', 'RangeError: far', 'RangeError: far'],
  ['plain function throws', 'exports.handler = () => { throw new Error("boom") }', 'Error: boom', 'Error: boom'],
  [
    'the classic slip',
    'exports.handler = async () => newKey',
    'ReferenceError: newKey is not defined',
    'ReferenceError: newKey is not defined',
  ],
  ['throws null', 'exports.handler = async () => { throw null }', 'string: handled', 'object: null'],
  ['throws text', 'exports.handler = async () => { throw "text" }', 'string: text', 'string: text'],
  [
    'throws a symbol',
    'exports.handler = () => { throw Symbol("s") }',
    'TypeError: Cannot convert a Symbol value to a string',
    'symbol: Symbol(s)',
  ],
  [
    'throws an error of its own',
    'class Own extends Error { name = "Own" }\nexports.handler = async () => { throw new Own("o") }',
    'Own: o',
    'Own: o',
  ],
  [
    'never settles',
    'exports.handler = () => new Promise(() => {})',
    'returned null',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
  ],
  ['returns undefined', 'exports.handler = async () => undefined', 'returned null', 'returned null'],
  [
    'throws what has no text',
    'exports.handler = async () => { throw Object.create(null) }',
    'TypeError: Cannot convert object to primitive value',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
  ],
  [
    'returns a BigInt',
    'exports.handler = async () => 1n',
    'Error: Unable to stringify response body',
    'Runtime.JSONStringifyError: Unable to stringify response body',
  ],
  [
    'returns a circle',
    'exports.handler = async () => { const a = {}; a.a = a; return a }',
    'Error: Unable to stringify response body',
    'Runtime.JSONStringifyError: Unable to stringify response body',
  ],
  ['returns a function', 'exports.handler = async () => () => 1', 'TypeError: Wrong arguments', 'TypeError: Wrong arguments'],
  [
    'returns NaN and undefined',
    'exports.handler = async () => ({ a: NaN, b: undefined, c: [undefined] })',
    'returned {"a":null,"c":[null]}',
    'returned {"a":null,"c":[null]}',
  ],
  [
    'returns a date and a map',
    'exports.handler = async () => ({ d: new Date(0), m: new Map([[1, 2]]) })',
    'returned {"d":"1970-01-01T00:00:00.000Z","m":{}}',
    'returned {"d":"1970-01-01T00:00:00.000Z","m":{}}',
  ],
  [
    'unhandled rejection',
    'exports.handler = () => { Promise.reject(new Error("lost")); return new Promise((done) => setTimeout(done, 1000)) }',
    'Runtime.UnhandledPromiseRejection: Error: lost',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
  ],
  [
    'uncaught exception',
    'exports.handler = () => new Promise(() => { setTimeout(() => { throw new TypeError("later") }, 5) })',
    'TypeError: later',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
  ],
  [
    'exits',
    'exports.handler = async () => { process.exit(3) }',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 3',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 3',
  ],
  [
    'exits later',
    'exports.handler = () => new Promise(() => setTimeout(() => process.exit(), 5))',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
  ],
  [
    'exits while it loads',
    'process.exit(2)',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 2',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 2',
  ],
  ['throws while it loads', 'throw new TypeError("early")', 'TypeError: early', 'TypeError: early'],
  [
    'syntax error',
    'exports.handler = async ( => 1',
    /^Runtime.UserCodeSyntaxError: SyntaxError: .*app\.js:1\)/,
    /^Runtime.UserCodeSyntaxError/,
  ],
  [
    'missing module',
    'require("not-there")',
    /^Runtime.ImportModuleError: Error: Cannot find module 'not-there'[\s\S]*Run "npm install" in /,
    /^Runtime.ImportModuleError/,
  ],
  [
    'missing export',
    'exports.other = 1',
    'Runtime.HandlerNotFound: app.handler is undefined or not exported',
    /^Runtime.HandlerNotFound/,
  ],
  [
    'export that is no function',
    'exports.handler = 1',
    'Runtime.HandlerNotFound: app.handler is not a function',
    /^Runtime.HandlerNotFound/,
  ],
  ['hangs', 'exports.handler = () => new Promise((done) => setTimeout(done, 60000))', 'timedOut', 'timedOut'],
];

/** Name, files, handler, outcome. */
export const handlerNameCases: readonly (readonly [string, Readonly<Record<string, string>>, string, string | RegExp])[] = [
  ['a nested export', { 'app.js': 'exports.a = { b: { handler: async () => 1 } }' }, 'app.a.b.handler', 'returned 1'],
  ['a sub-folder', { 'src/app.js': 'exports.handler = async () => 1' }, 'src/app.handler', 'returned 1'],
  ['a leading ./', { 'app.js': 'exports.handler = async () => 1' }, './app.handler', 'returned 1'],
  ['.mjs', { 'app.mjs': 'await 0; export const handler = async () => 1' }, 'app.handler', 'returned 1'],
  ['.cjs', { 'app.cjs': 'exports.handler = async () => 1' }, 'app.handler', 'returned 1'],
  [
    '.js before .mjs',
    { 'app.js': 'exports.handler = async () => "js"', 'app.mjs': 'export const handler = async () => "mjs"' },
    'app.handler',
    'returned "js"',
  ],
  ['no extension', { app: 'exports.handler = async () => 1' }, 'app.handler', 'returned 1'],
  [
    'type module',
    { 'package.json': '{"type":"module"}', 'app.js': 'export const handler = async () => import.meta.url.slice(-6)' },
    'app.handler',
    'returned "app.js"',
  ],
  ['a default export', { 'index.mjs': 'export default { handler: async () => 1 }' }, 'index.default.handler', 'returned 1'],
  ['..', { 'app.js': '' }, '../app.handler', /^Runtime.MalformedHandlerName/],
  ['no dot', { 'app.js': '' }, 'app', /^Runtime.MalformedHandlerName/],
  [
    'a missing file',
    { 'other.js': '' },
    'app.handler',
    /^Runtime.ImportModuleError: Error: Cannot find module 'app' in .*Correct Handler or CodeUri/,
  ],
  [
    'a missing package of an ES module',
    { 'app.mjs': 'import "@other/thing/sub"' },
    'app.handler',
    /^Error: Cannot find package '@other\/thing' [\s\S]*The package @other\/thing is not installed/,
  ],
  [
    'a syntax error of an ES module',
    { 'app.mjs': 'export const handler = (' },
    'app.handler',
    /^Runtime.UserCodeSyntaxError: .*app\.mjs:1/,
  ],
  [
    'a broken package.json',
    { 'package.json': '{', 'app.js': '' },
    'app.handler',
    /^Runtime.UserCodeSyntaxError: .*package\.json is not valid JSON/,
  ],
];
