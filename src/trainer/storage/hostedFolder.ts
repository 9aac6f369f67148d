import type { Channel } from '../../protocol/channel';
import type { TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import { fileInMemory } from '../../run/storage/fileInMemory';
import type { RunFile, RunStorage } from '../../run/storage/storage';

/** The largest file that is opened for reading, in bytes: it is held in memory as a whole. */
const maxOpenedBytes = 1024 ** 3;

/** The folder of a run that only the extension host can reach: every access is a request to it. */
export class HostedFolder implements RunStorage {
  /** @param folder where it is, as the host named it */
  constructor(
    readonly folder: string,
    readonly host: Pick<Channel<TrainerContract, TrainerHostContract>, 'request'>,
  ) {}

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.host.request('writeFile', { folder: this.folder, path, bytes });
  }

  async append(path: string, bytes: Uint8Array, length?: number): Promise<void> {
    await this.host.request('appendFile', { folder: this.folder, path, bytes, length });
  }

  async sync(path: string): Promise<void> {
    await this.host.request('syncFile', { folder: this.folder, path });
  }

  async truncate(path: string, length: number): Promise<void> {
    await this.host.request('truncateFile', { folder: this.folder, path, length });
  }

  async remove(path: string): Promise<void> {
    await this.host.request('removeFile', { folder: this.folder, path });
  }

  read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.host.request('readFile', { folder: this.folder, path, maxBytes });
  }

  readPart(path: string, from: number, length: number): Promise<Uint8Array> {
    return this.host.request('readFilePart', { folder: this.folder, path, from, length });
  }

  /** Reads the whole file at once: the file systems behind the host read no parts. */
  async open(path: string): Promise<RunFile | undefined> {
    const whole = await this.read(path, maxOpenedBytes);
    return whole && fileInMemory(whole);
  }

  list(folder: string): Promise<readonly string[]> {
    return this.host.request('listFolder', { folder: this.folder, path: folder });
  }
}
