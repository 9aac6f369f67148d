import type { ReplayRequestName, ReplayRequests } from '../../src/protocol/replayRequests';
import { latestValue, LatestRequest, type RequestState } from '../store/latestRequest';
import type { ShownRun } from '../store/model';
import type { Drawing } from './cell/cellFrame';
import type { CellContext, DataSource } from './cell/cellDeclaration';
import { RequestStatus } from './cell/requestStatus';
import type { SequenceDrawing } from './sequenceCell';
import type { Inspection } from '../../src/protocol/inspection';

/** The shown run. */
export function shownRun(): DataSource<Drawing, ShownRun> {
  return { dataFor: ({ model }) => model.run };
}

/** The inspection of the selected update. */
export function inspectedUpdate(): DataSource<SequenceDrawing, Inspection> {
  return { dataFor: ({ inspection }) => inspection };
}

/** A source that a replay request fills. */
export interface ReplayedSource<Data> extends DataSource<SequenceDrawing, Data> {
  /** Whether the last data is the reply to the last parameters, and not to earlier ones. */
  isCurrent(): boolean;
}

/**
 * The reply to a replay request, which is sent while the cell is visible.
 *
 * @param params undefined where no reply is needed
 * @param status the texts of RequestStatus
 */
export function replayed<Name extends ReplayRequestName>(
  context: CellContext,
  name: Name,
  params: (drawing: SequenceDrawing) => ReplayRequests[Name]['params'] | undefined,
  status: { readonly waiting: string; readonly failure: string },
): ReplayedSource<ReplayRequests[Name]['result']> {
  const latest = requester(context, name);
  const line = new RequestStatus(status.waiting, status.failure);
  let state: RequestState<ReplayRequests[Name]['result']> = { kind: 'none' };
  return {
    element: line.element,
    isCurrent: () => state.kind === 'ready',
    dataFor: (drawing, isVisible) => {
      state = latest.request(isVisible ? params(drawing) : undefined, drawing.model.run?.info.folder ?? '');
      line.update(state);
      return latestValue(state);
    },
  };
}

/** Sends a replay request, one at a time, and draws the page again with its reply. */
export function requester<Name extends ReplayRequestName>(
  { store, request }: CellContext,
  name: Name,
): LatestRequest<ReplayRequests[Name]['params'], ReplayRequests[Name]['result']> {
  return new LatestRequest<ReplayRequests[Name]['params'], ReplayRequests[Name]['result']>(
    (sent) => request(name, sent),
    () => {
      store.redraw();
    },
  );
}
