import type { Drawing } from './cell/cellFrame';
import type { ShownRun } from '../store/model';
import { translate } from '../../src/text/translate';

/** Why a run that another program recorded, or a log, has not what a cell shows; a gradient, unless it says so. */
function withReason(what: string, { info }: ShownRun, isGradient = true): string {
  const { imported, noGradient, recordedBy = translate`the program` } = info;
  if (isGradient && noGradient !== undefined) return translate`No ${what}: ${noGradient}.`;
  const why =
    imported === undefined
      ? translate`${recordedBy} does not give it to what records the run`
      : translate`${recordedBy} has none`;
  return translate`No ${what}: ${why}.`;
}

const record = translate`Record the training with unroll.py (Unroll: Copy PyTorch Recorder…) to see it.`;

/** Where no layer has series through time: what a cell of them says. */
export function withoutLayers(what: string): (drawing: Drawing) => string | undefined {
  return ({ model: { run } }) => {
    if (run === undefined || run.info.layout.layers > 0) return undefined;
    return run.info.noGradient === undefined ? `${withReason(what, run)} ${record}` : withReason(what, run);
  };
}

/** Where a quantity has no value in the whole run: what a cell of it says. Runs of Unroll always have it. */
export function withoutValues(
  what: string,
  field: 'gradNorm' | 'updateRatio' | 'parameterGradNorm',
): (drawing: Drawing) => string | undefined {
  return ({ model: { run } }) => {
    if (run?.info.recordedBy === undefined || run.series.scalars.count === 0) return undefined;
    return run.series.scalars.values(field).every(Number.isNaN)
      ? withReason(what, run, field !== 'updateRatio')
      : undefined;
  };
}
