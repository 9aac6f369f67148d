import type { Handlers } from '../../protocol/channel';
import type { TrainerHostContract } from '../../protocol/trainer';
import { runStorage } from '../files/hostFiles.node';

/** Gives a trainer access to the folders of runs; one that has a file system does not ask. */
export const storageHandlers: Handlers<TrainerHostContract> = {
  writeFile: async ({ folder, path, bytes }) => {
    await runStorage(folder).write(path, bytes);
    return undefined;
  },
  appendFile: async ({ folder, path, bytes, length }) => {
    await runStorage(folder).append(path, bytes, length);
    return undefined;
  },
  syncFile: async ({ folder, path }) => {
    await runStorage(folder).sync(path);
    return undefined;
  },
  truncateFile: async ({ folder, path, length }) => {
    await runStorage(folder).truncate(path, length);
    return undefined;
  },
  removeFile: async ({ folder, path }) => {
    await runStorage(folder).remove(path);
    return undefined;
  },
  readFile: ({ folder, path, maxBytes }) => runStorage(folder).read(path, maxBytes),
  readFilePart: ({ folder, path, from, length }) => runStorage(folder).readPart(path, from, length),
  listFolder: ({ folder, path }) => runStorage(folder).list(path),
};
