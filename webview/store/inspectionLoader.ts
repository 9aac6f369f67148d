import { reasonOf } from '../../src/protocol/channel';
import { isLive } from '../../src/protocol/run';
import type { RequestReplay } from '../../src/protocol/replayRequests';
import type { Model } from './model';
import type { Store } from './store';

interface InspectionKey {
  readonly folder: string;
  readonly update: number;
  readonly sequence: number;
}

/**
 * Keeps the looked-at update in line with the selection. One question is under way at a time; when it is answered, the
 * newest selection is asked for, and those in between are left out.
 */
export class InspectionLoader {
  #isPending = false;
  #requested: InspectionKey | undefined;

  constructor(
    readonly store: Store,
    readonly request: RequestReplay,
  ) {
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  #follow(model: Model): void {
    const wanted = requestFor(model);
    if (typeof wanted === 'string') {
      const { inspection: look } = model;
      this.#requested = undefined;
      if (look.kind !== 'none' || look.reason !== wanted)
        this.store.dispatch({ kind: 'inspectionChanged', inspection: { kind: 'none', reason: wanted } });
      return;
    }
    if (this.#isPending || isSame(wanted, this.#requested)) return;
    this.#isPending = true;
    this.#requested = wanted;
    const { update } = wanted;
    if (model.inspection.kind !== 'ready')
      this.store.dispatch({ kind: 'inspectionChanged', inspection: { kind: 'loading', update } });
    this.request('inspect', { update, sequence: wanted.sequence })
      .then(
        (inspection) => {
          this.store.dispatch({ kind: 'inspectionChanged', inspection: { kind: 'ready', inspection } });
        },
        (error: unknown) => {
          this.store.dispatch({
            kind: 'inspectionChanged',
            inspection: { kind: 'failed', update, message: reasonOf(error) },
          });
        },
      )
      .finally(() => {
        this.#isPending = false;
        this.#follow(this.store.model);
      });
  }
}

/** What is to be looked at, or why nothing is. */
function requestFor({ run, view }: Model): InspectionKey | string {
  if (run === undefined) return '';
  const { folder, batch } = run.info;
  if (folder === null) return 'The records of this run are not kept on disk, so no update can be walked through.';
  const { updates, state } = run.status;
  if (updates === 0) return 'Once there is an update, it can be walked through here.';
  if (view.selection === undefined && isLive(state) && state !== 'paused') {
    return 'Select an update above, or pause, to walk through it step by step: forward, loss, backward, update.';
  }
  const update = Math.min(view.selection?.update ?? updates - 1, updates - 1);
  return { folder, update, sequence: Math.min(view.sequence, batch - 1) };
}

function isSame(a: InspectionKey, b: InspectionKey | undefined): boolean {
  return b !== undefined && a.folder === b.folder && a.update === b.update && a.sequence === b.sequence;
}
