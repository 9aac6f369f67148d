import { isLive } from '../../src/protocol/run';
import type { Inspection } from '../../src/protocol/inspection';
import { notInFile } from '../../src/protocol/recording';
import { formatExact } from '../../src/text/numbers';
import type { RequestReplay, ReplayRequests } from '../../src/protocol/replayRequests';
import { LatestRequest, latestValue, type RequestState } from './latestRequest';
import type { InspectionState, Model } from './model';
import type { Store } from './store';
import { translate } from '../../src/text/translate';

type InspectParams = ReplayRequests['inspect']['params'];

interface WantedInspection {
  readonly folder: string;
  readonly params: InspectParams;
}

/** Loads the inspection of the selected update into the model; the previous one stays until the next is there. */
export class InspectionLoader {
  readonly #request: LatestRequest<InspectParams, Inspection>;
  /** The run that the last request was about. */
  #folder: string | undefined;

  constructor(
    readonly store: Store,
    request: RequestReplay,
  ) {
    this.#request = new LatestRequest(
      (params) => request('inspect', params),
      () => {
        this.#follow(this.store.model);
      },
    );
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  #follow(model: Model): void {
    const wanted = wantedBy(model);
    const folder = typeof wanted === 'string' ? undefined : wanted.folder;
    // The inspection of another run is not shown while this one's is loaded.
    if (folder !== this.#folder) this.#request.request(undefined, '');
    this.#folder = folder;
    const next = typeof wanted === 'string' ? noInspection(wanted) : this.#load(wanted);
    if (!isSame(next, model.inspection)) this.store.dispatch({ kind: 'inspectionChanged', inspection: next });
  }

  #load({ folder, params }: WantedInspection): InspectionState {
    return inspectionState(this.#request.request(params, folder), params.update);
  }
}

function noInspection(reason: string): InspectionState {
  return { kind: 'none', reason };
}

function inspectionState(state: RequestState<Inspection>, update: number): InspectionState {
  if (state.kind === 'failed') return { kind: 'failed', update, message: state.message };
  const inspection = latestValue(state);
  return inspection === undefined ? { kind: 'loading', update } : { kind: 'ready', inspection };
}

function isSame(one: InspectionState, other: InspectionState): boolean {
  switch (one.kind) {
    case 'none':
      return other.kind === 'none' && one.reason === other.reason;
    case 'loading':
      return other.kind === 'loading' && one.update === other.update;
    case 'ready':
      return other.kind === 'ready' && one.inspection === other.inspection;
    case 'failed':
      return other.kind === 'failed' && one.update === other.update && one.message === other.message;
    default:
      return one satisfies never;
  }
}

/** The inspection that the model needs, or the reason why there is none. */
function wantedBy({ run, view, shared }: Model): WantedInspection | string {
  if (run === undefined) return '';
  const { folder, batch, imported, noGradient, recordedBy = 'a log' } = run.info;
  if (imported !== undefined) {
    return translate`This run was imported from ${recordedBy}: it has curves, and neither the net nor the data that an update is computed with. Record the training with unroll.py (Unroll: Copy PyTorch Recorder…) to walk through its updates.`;
  }
  if (noGradient !== undefined) {
    return translate`No update can be walked through: ${noGradient}, and only the program that was recorded could compute one again.`;
  }
  if (folder === null) return translate`This run isn’t stored on disk, so its updates can’t be replayed.`;
  const { updates, state } = run.status;
  if (updates === 0) return translate`The first update can be replayed here once it is done.`;
  if (view.selection === undefined && isLive(state) && state !== 'paused') {
    return translate`Select an update above, or pause, to replay it step by step: forward pass, loss, backward pass, update.`;
  }
  const update = Math.min(view.selection?.update ?? updates - 1, updates - 1);
  if (shared !== undefined) {
    const found = shared.updates.find((one) => one.update === update);
    return found === undefined
      ? notInFile(translate`the steps of update ${formatExact(update)}. Choose one of the recorded updates`)
      : { folder, params: { update, sequence: found.sequence } };
  }
  const sequence = Math.max(0, Math.min(view.sequence, batch - 1));
  return { folder, params: view.probe === undefined ? { update, sequence } : { update, sequence, probe: view.probe } };
}
