import { isLive } from '../../src/protocol/run';
import type { Model, View } from './model';

/**
 * The model at the place where the experiment says that its panel opens: once for each run, and as soon as the update is
 * trained. A run that ends before is shown at its last update.
 */
export function atOpenPlace(model: Model): Model {
  const { run, view } = model;
  const key = run?.info.folder ?? '';
  if (run?.open === undefined || view.openedRun === key) return model;
  const { status, open, info } = run;
  const { update, step, sequence, cell } = open;
  const last = status.updates - 1;
  // Without an update the step is one of the last update, which is known at the end.
  const wanted = update ?? (step === undefined ? 0 : Infinity);
  if (last < 0 || (wanted > last && isLive(status.state))) return model;
  const hasPoint = update !== undefined || step !== undefined;
  const t = step === undefined ? undefined : Math.min(step, info.layout.steps - 1);
  const changed: Partial<View> = {
    openedRun: key,
    ...(hasPoint ? { selection: { update: Math.min(wanted, last), t } } : {}),
    ...(sequence === undefined ? {} : { sequence: Math.min(sequence, info.batch - 1) }),
  };
  return { ...model, view: { ...view, ...changed }, openCell: cell };
}
