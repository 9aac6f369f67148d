import { reasonOf } from '../../src/protocol/channel';
import { isLive } from '../../src/protocol/run';
import type { RequestReplay } from '../../src/protocol/replayRequests';
import type { Model } from './model';
import type { Store } from './store';

interface Wanted {
  readonly folder: string;
  readonly update: number;
  readonly sequence: number;
}

/**
 * Keeps the looked-at update in line with the selection. One question is under way at a time; when it is answered, the
 * newest selection is asked for, and those in between are left out.
 */
export class InspectionLoader {
  #underWay = false;
  #shown: Wanted | undefined;

  constructor(
    readonly store: Store,
    readonly request: RequestReplay,
  ) {
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  #follow(model: Model): void {
    const wanted = wantedBy(model);
    if (typeof wanted === 'string') {
      const { inspection: look } = model;
      this.#shown = undefined;
      if (look.kind !== 'none' || look.why !== wanted)
        this.store.dispatch({ kind: 'looked', look: { kind: 'none', why: wanted } });
      return;
    }
    if (this.#underWay || isSame(wanted, this.#shown)) return;
    this.#underWay = true;
    this.#shown = wanted;
    const { update } = wanted;
    if (model.inspection.kind !== 'ready') this.store.dispatch({ kind: 'looked', look: { kind: 'loading', update } });
    this.request('inspect', { update, sequence: wanted.sequence })
      .then(
        (inspection) => {
          this.store.dispatch({ kind: 'looked', look: { kind: 'ready', inspection } });
        },
        (error: unknown) => {
          this.store.dispatch({ kind: 'looked', look: { kind: 'failed', update, message: reasonOf(error) } });
        },
      )
      .finally(() => {
        this.#underWay = false;
        this.#follow(this.store.model);
      });
  }
}

/** What is to be looked at, or why nothing is. */
function wantedBy({ run, view }: Model): Wanted | string {
  if (run === undefined) return '';
  const { folder, batch } = run.facts;
  if (folder === null) return 'The records of this run are not kept on disk, so no update can be walked through.';
  const { updates, state } = run.status;
  if (updates === 0) return 'Once there is an update, it can be walked through here.';
  if (view.selection === undefined && isLive(state) && state !== 'paused') {
    return 'Select an update above, or pause, to walk through it step by step: forward, loss, backward, update.';
  }
  const update = Math.min(view.selection?.update ?? updates - 1, updates - 1);
  return { folder, update, sequence: Math.min(view.sequence, batch - 1) };
}

function isSame(a: Wanted, b: Wanted | undefined): boolean {
  return b !== undefined && a.folder === b.folder && a.update === b.update && a.sequence === b.sequence;
}
