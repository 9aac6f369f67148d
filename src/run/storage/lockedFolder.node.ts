import { setTimeout } from 'node:timers/promises';
import { describeHolder } from './folderLock.node';
import { FolderStorage } from './folderStorage.node';
import { runFiles } from './runFiles';
import { lockLostCode } from './storageErrorAdvice';

/** Interval in milliseconds, and number, of checks of a folder without its lock: deleting a folder may start with its lock. */
const deletionCheck = { interval: 100, times: 10 } as const;

/**
 * The folder of a run, written only while this process holds its lock. The lock is lost if this process gives no heartbeat
 * for a minute, as on a sleeping computer, and another one takes over the run on a shared disk. A folder without a lock is
 * written like any other.
 *
 * Once the lock is lost, every write rejects with the code `lockLostCode`, even if the lock comes back: another process may
 * have written in between. A deleted folder rejects as a missing folder does.
 */
export class LockedFolder extends FolderStorage {
  #wasHeld = false;
  #lockLost: Error | undefined;

  /** @param holder id of the process that holds the lock */
  constructor(
    folder: string,
    readonly holder = process.pid,
  ) {
    super(folder);
  }

  override async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.#checkLock();
    await super.write(path, bytes);
  }

  override async append(path: string, bytes: Uint8Array, length?: number): Promise<void> {
    await this.#checkLock();
    await super.append(path, bytes, length);
  }

  override async truncate(path: string, length: number): Promise<void> {
    await this.#checkLock();
    await super.truncate(path, length);
  }

  override async remove(path: string): Promise<void> {
    await this.#checkLock();
    await super.remove(path);
  }

  async #checkLock(): Promise<void> {
    if (this.#lockLost !== undefined) {
      if (await this.#isEmpty()) return;
      throw this.#lockLost;
    }
    const holder = await describeHolder(this.folder, this.holder);
    if (holder?.isThis === true) {
      this.#wasHeld = true;
      return;
    }
    if (holder === undefined && (!this.#wasHeld || (await this.#isBeingDeleted()))) return;
    const reason =
      holder === undefined
        ? `its ${runFiles.lock} is gone: another process may have trained in the folder`
        : `${holder.words} has taken over the folder`;
    this.#lockLost = Object.assign(new Error(reason), { code: lockLostCode });
    throw this.#lockLost;
  }

  /** Whether the folder is gone or unreachable: the error of the file system then says more than the missing lock. */
  async #isEmpty(): Promise<boolean> {
    return (await super.list('')).length === 0;
  }

  async #isBeingDeleted(): Promise<boolean> {
    for (let check = 0; check < deletionCheck.times; check++) {
      if (await this.#isEmpty()) return true;
      await setTimeout(deletionCheck.interval);
    }
    return this.#isEmpty();
  }
}
