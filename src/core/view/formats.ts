import type { Localizer } from './localizer.js';

/** How numbers and times are written. */
export interface Formats {
  readonly l10n: Localizer;
  /** BCP 47, such as `en` or `de`. */
  readonly locale: string;
  /** IANA name; the system's when undefined. */
  readonly timeZone?: string;
}

/** Building a formatter takes longer than using it a hundred times; there are as many as locales and zones. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** `1,204` */
export function formatCount(count: number, { locale }: Formats): string {
  let format = numberFormats.get(locale);
  if (format === undefined) numberFormats.set(locale, (format = new Intl.NumberFormat(locale)));
  return format.format(count);
}

/** Date and time to the second; the text itself when it is no date. */
export function formatTime(iso: string, { locale, timeZone }: Formats): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const key = `${locale} ${timeZone ?? ''}`;
  let format = timeFormats.get(key);
  if (format === undefined) {
    const zone = timeZone === undefined ? {} : { timeZone };
    timeFormats.set(key, (format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', ...zone })));
  }
  return format.format(time);
}

/** `520 tasks/s`, `0.4 tasks/s` */
export function formatRate(tasksPerSecond: number, formats: Formats): string {
  const rounded = tasksPerSecond >= 10 ? Math.round(tasksPerSecond) : Math.round(tasksPerSecond * 10) / 10;
  return formats.l10n.t('{0} tasks/s', formatCount(rounded, formats));
}

/** `2 h 5 min`, `3 min 20 s`, `12 s`: the two biggest units. */
export function formatDuration(seconds: number, formats: Formats): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const { l10n } = formats;
  if (days > 0) return l10n.t('{0} d {1} h', days, hours);
  if (hours > 0) return l10n.t('{0} h {1} min', hours, minutes);
  if (minutes > 0) return l10n.t('{0} min {1} s', minutes, whole % 60);
  return l10n.t('{0} s', whole);
}
