import { setTimeout } from 'node:timers/promises';
import { describeHolder } from './folderLock.node';
import { FolderStorage } from './folderStorage.node';
import { runFiles } from './runFiles';
import { takenOverCode } from './storageErrorAdvice';

/** Milliseconds, and how often, a folder without its lock is looked at again: deleting a folder may begin with its lock. */
const deletionCheck = { interval: 100, times: 10 } as const;

/**
 * The folder of a run as the process that trains there writes it: nothing more, once its lock is not this process's any
 * more. So it is where this process gave no sign of life for a minute, as a computer does that sleeps, and another one
 * has taken over a run on a shared disk. A folder that nobody has locked is written like any other.
 *
 * Every change rejects with the code `takenOver` from then on, also where the lock comes back: what another process has
 * written in between is not known here. A folder that has been deleted rejects as a missing folder does.
 */
export class LockedFolder extends FolderStorage {
  #wasHeld = false;
  #taken: Error | undefined;

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

  override async append(path: string, bytes: Uint8Array): Promise<void> {
    await this.#checkLock();
    await super.append(path, bytes);
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
    if (this.#taken !== undefined) {
      if (await this.#isEmpty()) return;
      throw this.#taken;
    }
    const holder = await describeHolder(this.folder, this.holder);
    if (holder?.isThis === true) {
      this.#wasHeld = true;
      return;
    }
    if (holder === undefined && (!this.#wasHeld || (await this.#isBeingDeleted()))) return;
    const reason =
      holder === undefined
        ? `its ${runFiles.lock} is gone, so that another process may have trained there`
        : `${holder.words} has taken the folder over`;
    this.#taken = Object.assign(new Error(reason), { code: takenOverCode });
    throw this.#taken;
  }

  /** Whether the folder is gone or out of reach: the error of the disk then says more than the missing lock. */
  async #isEmpty(): Promise<boolean> {
    return (await super.list('')).length === 0;
  }

  async #isBeingDeleted(): Promise<boolean> {
    for (let look = 0; look < deletionCheck.times; look++) {
      if (await this.#isEmpty()) return true;
      await setTimeout(deletionCheck.interval);
    }
    return this.#isEmpty();
  }
}
