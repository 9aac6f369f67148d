import { quoted } from '../experiment/fields';
import type { Objection } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import { filesOf } from './source';

/** What stands at a path that an experiment names. `outside`: symbolic links resolved, it leaves the boundary. */
export type Located =
  | { readonly kind: 'file'; readonly location: string; readonly size: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAFile' }
  | { readonly kind: 'outside'; readonly boundary: string };

/** How files beside an experiment are reached: a disk, a virtual workspace. */
export interface FileAccess {
  /** Finds a path, relative to the experiment file. */
  locate(path: string): Promise<Located>;
  /** The bytes at a location that `locate` gave. */
  read(location: string): Promise<Uint8Array>;
}

/** The bytes of every file an experiment names, by path as written, or why they cannot be had. */
export type FilesRead =
  | { readonly kind: 'read'; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'refused'; readonly refusals: readonly Objection[] };

const mebibyte = 1024 * 1024;

/** Largest file that is read, in bytes: text of this size trains for days, and it has to fit in memory. */
export const largestFile = 100 * mebibyte;

/** Reads the files an experiment names, each only after its place and size have been checked. */
export async function readFiles(experiment: ResolvedExperiment, access: FileAccess): Promise<FilesRead> {
  const files = new Map<string, Uint8Array>();
  const refusals: Objection[] = [];
  for (const { path, keyPath } of filesOf(experiment)) {
    const refuse = (code: string, message: string): void => {
      refusals.push({ code, message, keyPath });
    };
    const located = await access.locate(path);
    switch (located.kind) {
      case 'missing':
        refuse(
          'file.missing',
          `There is no file ${quoted(path)}. Write a path relative to this experiment file, such as "data/text.txt".`,
        );
        break;
      case 'notAFile':
        refuse('file.notAFile', `${quoted(path)} is a folder or a device, not a file. Name the file itself.`);
        break;
      case 'outside':
        refuse(
          'file.outside',
          `${quoted(path)} lies outside ${located.boundary}, symbolic links resolved. Only files inside it are read: copy the file there.`,
        );
        break;
      case 'file':
        if (located.size > largestFile) {
          const size = Math.round(located.size / mebibyte);
          refuse(
            'file.tooLarge',
            `${quoted(path)} is ${size} MiB large; files of up to ${largestFile / mebibyte} MiB can be read. Train on a part of it.`,
          );
        } else {
          await access.read(located.location).then(
            (bytes) => files.set(path, bytes),
            (error: unknown) => {
              refuse(
                'file.unreadable',
                `${quoted(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
              );
            },
          );
        }
        break;
      default:
        located satisfies never;
    }
  }
  return refusals.length > 0 ? { kind: 'refused', refusals } : { kind: 'read', files };
}
