import { reasonOf } from '../../protocol/channel';

/** What the codes of the file system mean. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  ENOENT: 'a folder of the path does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go round in a circle',
};

/** Why the file system refuses a file, for people; the message of the error where its code has no meaning here. */
export function fileErrorReason(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : meanings[code]) ?? reasonOf(error);
}

/** The code of an error of the file system, such as ENOENT; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
