import type { ReplayRequestName, ReplayRequests } from '../../src/protocol/replayRequests';
import { latestValue, LatestRequest } from '../store/latestRequest';
import type { ShownRun } from '../store/model';
import type { Drawing } from './cellFrame';
import type { CellContext, DataSource } from './pictureCell';
import { RequestStatus } from './requestStatus';
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

/**
 * The reply to a replay request, which is sent while the cell is visible.
 *
 * @param params undefined where no reply is needed
 * @param status the texts of RequestStatus
 */
export function replayed<Name extends ReplayRequestName>(
  { store, request }: CellContext,
  name: Name,
  params: (drawing: SequenceDrawing) => ReplayRequests[Name]['params'] | undefined,
  status: { readonly waiting: string; readonly failure: string },
): DataSource<SequenceDrawing, ReplayRequests[Name]['result']> {
  const latest = new LatestRequest<ReplayRequests[Name]['params'], ReplayRequests[Name]['result']>(
    (sent) => request(name, sent),
    () => {
      store.redraw();
    },
  );
  const line = new RequestStatus(status.waiting, status.failure);
  return {
    element: line.element,
    dataFor: (drawing, isVisible) => {
      const state = latest.request(isVisible ? params(drawing) : undefined, drawing.model.run?.info.folder ?? '');
      line.update(state);
      return latestValue(state);
    },
  };
}
