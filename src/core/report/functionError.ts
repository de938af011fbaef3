/** What a function threw, as far as a report tells. */
export interface FunctionError {
  readonly type: string | undefined;
  readonly message: string;
  /** Lines of the stack, the innermost where the runtime puts it. Incomplete when the report cut it. */
  readonly trace: readonly string[];
}

/** Before the payload of a failed invocation. Source: S3 User Guide, batch-ops-examples-reports. */
export const functionErrorPrefix = 'Lambda returned function error: ';

/**
 * Reads `Lambda returned function error: {…}`. The object is what the runtime answers, `{errorType, errorMessage, trace}` (Node.js) or
 * `{errorMessage, errorType, requestId, stackTrace}` (Python, Java; Lambda Developer Guide), and nearly always cut at 1,024 characters when
 * it has a stack, so what is left of it is read too. Undefined for any other message.
 */
export function parseFunctionError(text: string): FunctionError | undefined {
  if (!text.startsWith(functionErrorPrefix)) return undefined;
  const payload = text.slice(functionErrorPrefix.length);
  const message = stringOf(payload, /"errorMessage"\s*:\s*"((?:[^"\\]|\\.)*)/);
  if (!payload.startsWith('{') || message === undefined) return undefined;
  const type = stringOf(payload, /"errorType"\s*:\s*"((?:[^"\\]|\\.)*)"/);
  return { type, message, trace: traceOf(payload, headOf(type, message)) };
}

/** `Type: message`. */
export function headOf(type: string | undefined, message: string): string {
  return type === undefined || type === '' ? message : `${type}: ${message}`;
}

function traceOf(payload: string, head: string): string[] {
  const list = /"(?:trace|stackTrace)"\s*:\s*\[([^]*)$/.exec(payload)?.[1] ?? '';
  const entries: string[] = [];
  for (const match of list.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"?,?|(\]))/gy)) {
    if (match[2] !== undefined) break;
    entries.push(unescaped(match[1] ?? ''));
  }
  const lines = entries.flatMap((entry) => entry.replace(/\n+$/, '').split('\n'));
  // Node.js repeats type and message in the first lines.
  return lines.slice(lines.join('\n').startsWith(head) ? head.split('\n').length : 0);
}

function stringOf(payload: string, pattern: RegExp): string | undefined {
  const raw = pattern.exec(payload)?.[1];
  return raw === undefined ? undefined : unescaped(raw);
}

/** The inside of a JSON string, of which the end may be missing. */
function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw.replaceAll(/[\u0000-\u001F]/g, ' ')}"`) as string;
  } catch {
    // An escape that JSON does not know: as it stands.
    return raw;
  }
}
