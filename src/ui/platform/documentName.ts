/** A title as the last part of a document's path, which is what its tab says. */
export function documentName(title: string): string {
  return title.replaceAll(/["/\\?#\r\n]/g, ' ').slice(0, 80);
}
