import type { Fix } from '../../experiment/problems/fix';
import type { KeyPath, KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { missingFileAdvice } from './nearestFile';
import type { FileContent, StreamedFile } from './fileContent';
import { filesOf, type NamedFile } from '../source';
import { formatMebibytes } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** What is at a path that an experiment names. `outside`: with symbolic links resolved, it is outside the boundary. */
export type Located =
  | { readonly kind: 'file'; readonly location: string; readonly size: number }
  /** `siblings`: names of at most a thousand files in the folder that the path names. */
  | { readonly kind: 'missing'; readonly siblings: readonly string[] }
  | { readonly kind: 'notAFile' }
  | { readonly kind: 'outside'; readonly boundary: string };

/** Access to the files of an experiment: on disk, or in a virtual workspace. */
export interface FileAccess {
  /** Finds a path, relative to the experiment file. */
  locate(path: string): Promise<Located>;
  /** The bytes at a location that `locate` gave. */
  read(location: string): Promise<Uint8Array>;
  /** The first bytes at a location, at most `maxBytes`. */
  readStart(location: string, maxBytes: number): Promise<Uint8Array>;
  /** A file at a location that `locate` gave, to be read in parts; undefined where files can only be read whole. */
  readonly stream?: (location: string, size: number) => StreamedFile;
}

/** The content of every file an experiment names, by path as written, or why they cannot be read. */
export type FilesRead =
  | { readonly kind: 'read'; readonly files: ReadonlyMap<string, FileContent> }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

const mebibyte = 1024 * 1024;

/** Largest file that is read whole, in bytes: it has to fit in memory. */
export const maxFileBytes = 100 * mebibyte;

/** Largest file that is read in parts. What is kept of it in memory is limited by the estimate. */
const maxStreamedBytes = 4096 * mebibyte;

/** Size from which data are read in parts, where that is possible: smaller ones are read once, and held in memory. */
const streamedFrom = 16 * mebibyte;

/** Whether data on this machine's disk are read in parts. */
export function isReadInParts(size: number): boolean {
  return size > streamedFrom;
}

function isStreamed({ role }: NamedFile, size: number, { stream }: FileAccess): boolean {
  return role !== 'weights' && isReadInParts(size) && stream !== undefined;
}

/** Why a file cannot be read. */
export interface Unreadable extends Pick<KeyProblem, 'code' | 'message'> {
  /** The path of the file that was probably meant. */
  readonly meant?: string | undefined;
}

/** The problem of a file that cannot be read, at the key that names it. */
export function fileProblem({ code, message, meant }: Unreadable, keyPath: KeyPath): KeyProblem {
  if (meant === undefined) return { code, message, keyPath };
  const fix: Fix = { title: `Use ${quote(meant)}`, changes: [{ kind: 'set', keyPath, value: meant }] };
  return { code, message, keyPath, fixes: [fix] };
}

/**
 * Reads the files an experiment names, each only after its place and size have been checked. Large data are read in parts
 * later, where the access allows it.
 */
export async function readFiles(experiment: ResolvedExperiment, access: FileAccess): Promise<FilesRead> {
  const files = new Map<string, FileContent>();
  const problems: KeyProblem[] = [];
  for (const file of filesOf(experiment)) {
    const { path, keyPath } = file;
    const found = await findFile(file, access);
    if (!('location' in found)) {
      problems.push(fileProblem(found, keyPath));
      continue;
    }
    const { location, size } = found;
    const content =
      isStreamed(file, size, access) && access.stream !== undefined
        ? access.stream(location, size)
        : await bytesOrReason(path, () => access.read(location));
    if ('message' in content) problems.push(fileProblem(content, keyPath));
    else files.set(path, content);
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'read', files };
}

/** The sum of the sizes of the files that are read whole, or why files cannot be read. */
export type FilesChecked =
  | { readonly kind: 'checked'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

/** Checks place and size of the files an experiment names, without reading them. */
export async function checkFiles(experiment: ResolvedExperiment, access: FileAccess): Promise<FilesChecked> {
  let bytes = 0;
  const problems: KeyProblem[] = [];
  for (const file of filesOf(experiment)) {
    const found = await findFile(file, access);
    if (!('location' in found)) problems.push(fileProblem(found, file.keyPath));
    else if (!isStreamed(file, found.size, access)) bytes += found.size;
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'checked', bytes };
}

/** The bytes of the small files, the beginnings of the large ones, and why others cannot be read. */
export interface SmallFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The first bytes of the files that are not read whole, and their sizes. */
  readonly large: ReadonlyMap<string, { readonly start: Uint8Array; readonly size: number }>;
  readonly unreadable: ReadonlyMap<string, Unreadable>;
}

/** Bytes of the beginning of a large file: long enough to measure how fast it is read. */
export const startBytes = mebibyte;

/**
 * Reads the small ones of the files that an experiment names, and the beginnings of the others.
 *
 * @param maxBytes limit of the bytes of all of them together
 */
export async function readSmallFiles(
  paths: Iterable<string>,
  access: FileAccess,
  maxBytes: number,
): Promise<SmallFiles> {
  const files = new Map<string, Uint8Array>();
  const large = new Map<string, { readonly start: Uint8Array; readonly size: number }>();
  const unreadable = new Map<string, Unreadable>();
  let left = maxBytes;
  for (const path of paths) {
    // Which of them are weights, with a lower limit, the check does not tell.
    const found = await findFile({ path, role: 'csv' }, access);
    if (!('location' in found)) {
      unreadable.set(path, found);
      continue;
    }
    const { location, size } = found;
    const isSmall = size <= left;
    const read = await bytesOrReason(path, () =>
      isSmall ? access.read(location) : access.readStart(location, startBytes),
    );
    if (!(read instanceof Uint8Array)) unreadable.set(path, read);
    else if (!isSmall) large.set(path, { start: read, size });
    else {
      files.set(path, read);
      left -= read.length;
    }
  }
  return { files, large, unreadable };
}

/** The first bytes of a file. */
export interface FileStart {
  readonly bytes: Uint8Array;
  /** Whether the file has more. */
  readonly isCut: boolean;
}

/** The first bytes of a data file that an experiment names, or why it cannot be read. */
export async function readFileStart(
  path: string,
  access: FileAccess,
  maxBytes: number,
): Promise<FileStart | Unreadable> {
  const found = await findFile({ path, role: 'csv' }, access);
  if (!('location' in found)) return found;
  const bytes = await bytesOrReason(path, () => access.readStart(found.location, maxBytes));
  return bytes instanceof Uint8Array ? { bytes, isCut: bytes.length < found.size } : bytes;
}

/** Where a file is, or why it cannot be read. */
async function findFile(
  { path, role }: Pick<NamedFile, 'path' | 'role'>,
  access: FileAccess,
): Promise<Extract<Located, { kind: 'file' }> | Unreadable> {
  const limit = role !== 'weights' && access.stream !== undefined ? maxStreamedBytes : maxFileBytes;
  const located = await access.locate(path);
  switch (located.kind) {
    case 'missing': {
      const { advice, path: meant } = missingFileAdvice(path, located.siblings, await existsWithSlashes(path, access));
      return { code: 'file.missing', message: `File ${quote(path)} not found. ${advice}`, meant };
    }
    case 'notAFile':
      return {
        code: 'file.notAFile',
        message: `${quote(path)} is a folder or a device. Write the path of a file.`,
      };
    case 'outside':
      return {
        code: 'file.outside',
        message: `${quote(path)} is outside ${located.boundary} (symbolic links resolved). Only files inside it can be read: copy the file there.`,
      };
    case 'file':
      return located.size > limit ? tooLarge(path, located.size, limit) : located;
    default:
      return located satisfies never;
  }
}

async function existsWithSlashes(path: string, access: FileAccess): Promise<boolean> {
  return path.includes('\\') && (await access.locate(path.replaceAll('\\', '/'))).kind === 'file';
}

function tooLarge(path: string, size: number, limit: number): Unreadable {
  const message = `${quote(path)} is ${formatMebibytes(size)} large; the limit is ${formatMebibytes(limit)}. Train on a part of it.`;
  return { code: 'file.tooLarge', message };
}

async function bytesOrReason(path: string, read: () => Promise<Uint8Array>): Promise<Uint8Array | Unreadable> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'file.unreadable', message: `${quote(path)} cannot be read: ${reason}.` };
  }
}
