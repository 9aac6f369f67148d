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
 * Loads the inspection of the selected update. One request is pending at a time; after the reply the newest selection is
 * requested, and those in between are skipped.
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
      const { inspection: state } = model;
      this.#requested = undefined;
      if (state.kind !== 'none' || state.reason !== wanted)
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

/** The inspection that the model needs, or the reason why there is none. */
function requestFor({ run, view }: Model): InspectionKey | string {
  if (run === undefined) return '';
  const { folder, batch } = run.info;
  if (folder === null) return 'This run isn’t stored on disk, so its updates can’t be replayed.';
  const { updates, state } = run.status;
  if (updates === 0) return 'The first update can be replayed here once it is done.';
  if (view.selection === undefined && isLive(state) && state !== 'paused') {
    return 'Select an update above, or pause, to replay it step by step: forward pass, loss, backward pass, update.';
  }
  const update = Math.min(view.selection?.update ?? updates - 1, updates - 1);
  return { folder, update, sequence: Math.min(view.sequence, batch - 1) };
}

function isSame(a: InspectionKey, b: InspectionKey | undefined): boolean {
  return b !== undefined && a.folder === b.folder && a.update === b.update && a.sequence === b.sequence;
}
