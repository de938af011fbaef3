/** A path as a glob pattern that matches nothing else. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[[\]{}*?]/g, '[$&]');
}
