import { Uri, workspace, type Memento } from 'vscode';
import { runFiles } from '../run/layout';
import { readManifest } from '../run/manifest';
import type { ArchivedRun } from './session';
import type { Target } from './sessions';

const storeKey = 'unroll.latestRuns';
const mostRemembered = 200;

/** Remembers where the latest run of each target keeps its records, so that a reloaded window shows it again. */
export class RunArchive {
  constructor(readonly store: Memento) {}

  async remember(target: Target, folder: string): Promise<void> {
    const entries = Object.entries(this.#entries()).filter(([key]) => key !== keyOf(target));
    await this.store.update(
      storeKey,
      Object.fromEntries([...entries.slice(1 - mostRemembered), [keyOf(target), folder]]),
    );
  }

  /** Reads the latest run of a target; undefined when there is none that can be read. */
  async open(target: Target): Promise<ArchivedRun | undefined> {
    const folder = this.#entries()[keyOf(target)];
    if (folder === undefined) return undefined;
    const at = (name: string): Uri => Uri.joinPath(Uri.file(folder), name);
    try {
      const manifest = readManifest(await workspace.fs.readFile(at(runFiles.manifest)));
      if (manifest === undefined) return undefined;
      // Loaded when it is needed: what reads Arrow is a third of the extension, and most windows never open an old run.
      const { readRecords } = await import('../run/recordDecoder');
      const { batches } = readRecords(await workspace.fs.readFile(at(runFiles.records)));
      // The layout that fits the columns is the one in the records.
      const layout = batches[0]?.layout;
      if (layout === undefined) return undefined;
      const wasLive = manifest.state === 'running' || manifest.state === 'paused';
      return {
        facts: { ...manifest.facts, layout },
        state: wasLive ? 'interrupted' : manifest.state,
        message: wasLive
          ? 'The window closed while this run was training. Its records up to then are kept.'
          : (manifest.message ?? undefined),
        batches,
      };
    } catch {
      return undefined;
    }
  }

  #entries(): Record<string, string> {
    return this.store.get<Record<string, string>>(storeKey, {});
  }
}

function keyOf({ uri, variant }: Target): string {
  return JSON.stringify([uri.toString(), variant ?? null]);
}
