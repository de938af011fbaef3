import type { Localizer } from './localizer.js';

/** How numbers and times are written. */
export interface Formats {
  readonly l10n: Localizer;
  /** BCP 47, such as `en` or `de`. */
  readonly locale: string;
  /** IANA name; the system's when undefined. */
  readonly timeZone?: string;
}

/** `1,204` */
export function formatCount(count: number, formats: Formats): string {
  return count.toLocaleString(formats.locale);
}

/** Date and time to the second; the text itself when it is no date. */
export function formatTime(iso: string, formats: Formats): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return time.toLocaleString(formats.locale, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    ...(formats.timeZone === undefined ? {} : { timeZone: formats.timeZone }),
  });
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
