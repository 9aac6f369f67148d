/**
 * The path of a file from a folder, both absolute with `/`, as `..` and names.
 *
 * @returns undefined for a file on another root, such as another drive of Windows (`/c:/…`), which has no such path
 */
export function relativePath(folder: string, file: string): string | undefined {
  const [from, to] = [partsOf(folder), partsOf(file)];
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && isSame(from[shared], to[shared])) shared++;
  if (shared === 0 && isDrive(from[0]) !== isDrive(to[0])) return undefined;
  if (shared === 0 && isDrive(from[0])) return undefined;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

/** Drives have no case: VS Code writes them in lower case, other programs don't. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === other || (isDrive(one) && one?.toLowerCase() === other?.toLowerCase());
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function isDrive(part: string | undefined): boolean {
  return part !== undefined && /^[a-z]:$/i.test(part);
}
