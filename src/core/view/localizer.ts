/** The shape of `vscode.l10n`: the core words what people read, and whoever shows it passes the translator in. */
export interface Localizer {
  /** `{0}`, `{1}` … stand for the arguments. */
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** English, as written in the source: for the command line and for tests. */
export const untranslated: Localizer = {
  t: (message, ...args) => message.replaceAll(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place)),
};
