/** The path of a file as seen from the folder of another, with forward slashes; undefined when they are on different drives. */
export function relativePath(from: string, to: string): string | undefined {
  const source = from.split('/').slice(0, -1);
  const target = to.split('/');
  const isDrive = (part: string | undefined): boolean => part !== undefined && /^[a-z]:$/i.test(part);
  if ((isDrive(source[1]) || isDrive(target[1])) && source[1]?.toLowerCase() !== target[1]?.toLowerCase()) return undefined;
  let common = 0;
  while (common < source.length && common < target.length - 1 && source[common] === target[common]) common += 1;
  return [...source.slice(common).map(() => '..'), ...target.slice(common)].join('/');
}
