/** A whole number of bytes, with K, M or G (1024 and so on) if wanted: `500000`, `64M`, `1 GB`. Undefined for anything else. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+) ?([KMG]?)i?B?$/i.exec(text.trim());
  const factor = 1024 ** ['', 'K', 'M', 'G'].indexOf((match?.[2] ?? '').toUpperCase());
  const size = match === null ? Number.NaN : Number(match[1]) * factor;
  return Number.isSafeInteger(size) ? size : undefined;
}

/** The same as text: `1 GB`, `1536 MB`, `500000`. */
export function formatSizeBytes(bytes: number): string {
  const power = bytes === 0 ? 0 : [3, 2, 1, 0].find((candidate) => bytes % 1024 ** candidate === 0);
  return power === undefined || power === 0 ? String(bytes) : `${bytes / 1024 ** power} ${'KMG'[power - 1]}B`;
}

/**
 * Milliseconds since the epoch of `2026-01-31` (midnight UTC) or `2026-01-31T08:00:00Z`. Undefined for anything else: a time without a
 * zone would be another moment on another machine.
 */
export function parseMoment(text: string): number | undefined {
  const isWhole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const time = isWhole ? Date.parse(text) : Number.NaN;
  // Date.parse takes the 30th of February for the 2nd of March.
  return Number.isNaN(time) || !isCalendarDate(text.slice(0, 10)) ? undefined : time;
}

function isCalendarDate(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
