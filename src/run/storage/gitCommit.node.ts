import { constants, open } from 'node:fs/promises';
import { dirname, join, parse, resolve, type PlatformPath } from 'node:path';
import { commitName } from '../gitState';
import { readToSize } from './folderStorage.node';

/** Most bytes of a file of Git that are read: references of a repository may be many. */
const maxBytes = 16 * 1024 * 1024;

/** Most symbolic references that are followed, as in Git. */
const maxLinks = 5;

/**
 * The commit that is checked out in the repository around a file or folder, read from the repository's files: Git itself may run
 * programs that a repository names, and a repository is a stranger's file. Undefined without a repository, before its
 * first commit, and where its references are stored in another way than in files (`reftable`).
 *
 * @param path absolute
 */
export async function readGitCommit(path: string): Promise<string | undefined> {
  const repository = await repositoryOf(path);
  if (repository === undefined) return undefined;
  // A linked working tree shares the references of the main one.
  const shared = (await text(join(repository, 'commondir')))?.trim();
  const common = shared === undefined ? repository : resolve(repository, shared);
  if (isOnOtherServer(path, common)) return undefined;
  let name = (await text(join(repository, 'HEAD')))?.trim();
  for (let link = 0; link < maxLinks; link++) {
    if (name === undefined || commitName.test(name)) return name;
    const reference = /^ref: (refs\/[^\0]+)$/.exec(name)?.[1];
    if (reference === undefined || reference.split('/').includes('..')) return undefined;
    name = (await text(join(repository, reference)))?.trim() ?? (await text(join(common, reference)))?.trim();
    name ??= packed(await text(join(common, 'packed-refs')), reference);
  }
  return undefined;
}

/** The folder of the repository: `.git`, or the one that a file of this name points to. */
async function repositoryOf(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const git = join(at, '.git');
    if ((await text(join(git, 'HEAD'))) !== undefined) return git;
    const pointer = /^gitdir: (.+)$/m.exec((await text(git)) ?? '')?.[1];
    if (pointer !== undefined) {
      const repository = resolve(at, pointer.trim());
      return isOnOtherServer(path, repository) ? undefined : repository;
    }
    if (dirname(at) === at) return undefined;
  }
}

function packed(references: string | undefined, wanted: string): string | undefined {
  for (const line of references?.split('\n') ?? []) {
    const [commit, name] = line.trim().split(' ');
    if (name === wanted && commit !== undefined && commitName.test(commit)) return commit;
  }
  return undefined;
}

/**
 * Whether a path is on a network share, or is a device of Windows, that another path is not on. Where such a path is
 * opened, Windows signs in to its server, which the files of a stranger may not cause.
 *
 * @param platform whose notation the paths have
 */
export function isOnOtherServer(from: string, to: string, platform: Pick<PlatformPath, 'parse'> = { parse }): boolean {
  const [own, other] = [from, to].map((path) => platform.parse(path).root.replaceAll('/', '\\').toLowerCase());
  return other !== undefined && other.startsWith('\\\\') && other !== own;
}

/**
 * The text of a file; undefined if it is no file, can't be read or is too large. A pipe is not waited for, and of a file
 * that has no end, as some of /proc, only its size is read.
 */
async function text(path: string): Promise<string | undefined> {
  // Windows has no such flag.
  const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
  const file = await open(path, flags).catch(() => undefined);
  try {
    const stat = await file?.stat();
    if (file === undefined || stat?.isFile() !== true || stat.size > maxBytes) return undefined;
    return new TextDecoder().decode(await readToSize(file, stat.size));
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
