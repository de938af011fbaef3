/**
 * Which generation of Lambda's Node.js runtime client a function sees. `callbacks`: aws-lambda-ric 3.x, with callbacks and
 * `context.succeed`. `promises`: 4.x, which removed both. AWS names Node.js 24 as the first runtime without callbacks; that
 * nodejs20.x and nodejs22.x follow 3.x is taken from that, not observed.
 */
export type NodeSemantics = 'callbacks' | 'promises';

export function nodeSemantics(runtime: string): NodeSemantics {
  const major = Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 0);
  return major >= 24 ? 'promises' : 'callbacks';
}
