import { Channel, type Port } from '../src/protocol/channel';
import type { TrainerContract, TrainerHostContract } from '../src/protocol/trainer';

/** The channel to a trainer process, which has a file system and asks its host for nothing. */
export function trainerChannel(port: Port): Channel<TrainerHostContract, TrainerContract> {
  return new Channel(port, {
    writeFile: refuse,
    appendFile: refuse,
    syncFile: refuse,
    truncateFile: refuse,
    removeFile: refuse,
    readFile: refuse,
    readFilePart: refuse,
    listFolder: refuse,
  });
}

function refuse(): never {
  throw new Error('A trainer process reaches the disk by itself.');
}
