import { isLive } from '../../src/protocol/run';
import type { Model, View } from './model';

/**
 * The model at the place that a lesson is about, or where the experiment says that its panel opens: once for each run, and
 * as soon as the update is trained. A run that ends before is shown at its last update.
 */
export function atOpenPlace(model: Model): Model {
  const { run, view, requestedPlace } = model;
  const key = run?.info.folder ?? '';
  const open = requestedPlace ?? (view.openedRun === key ? undefined : run?.open);
  if (run === undefined || open === undefined) return model;
  const { status, info } = run;
  const { update, step, sequence, cell } = open;
  const last = status.updates - 1;
  // Without an update the step is one of the last update, which is known at the end.
  const wanted = update ?? (step === undefined ? 0 : Infinity);
  if (last < 0 || (wanted > last && isLive(status.state))) return model;
  const hasPoint = update !== undefined || step !== undefined;
  const t = step === undefined ? undefined : Math.min(step, info.layout.steps - 1);
  const changed: Partial<View> = {
    openedRun: key,
    // The place is one of the run's own batch.
    probe: undefined,
    ...(hasPoint ? { selection: { update: Math.min(wanted, last), t } } : {}),
    ...(sequence === undefined ? {} : { sequence: Math.min(sequence, info.batch - 1) }),
    // Beside a cell that is presented, no other one is visible.
    ...(cell === undefined ? {} : { presented: undefined }),
  };
  const marked = requestedPlace === undefined ? {} : { requestedPlace: undefined, markedCell: cell };
  return { ...model, view: { ...view, ...changed }, openCell: cell, ...marked };
}
