import { notInFile } from '../../../src/protocol/recording';
import type { WhatIf, WhatIfOutcome, WhatIfRequest } from '../../../src/protocol/whatIf';
import { formatNumber, formatShortNumber, formatExact, roundToDigits } from '../../../src/text/numbers';
import type { Curve } from '../../plot/charts/datasets';
import type { Table } from '../../plot/table';
import type { Theme } from '../../theme/theme';
import { replayed } from '../dataSources';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { tablePart } from '../cell/tablePart';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { WhatIfControls, whatIfChange } from './whatIfControls';
import { translate } from '../../../src/text/translate';
import './whatIf.css';

/** [16] The update recomputed with another clipping, truncation or learning rate, compared with the trained one. */
export const whatIfCell: CellDeclaration<SequenceDrawing, WhatIf> = {
  number: 16,
  title: 'What if',
  withoutTraining: translate`No update is made for it, so there is none to recompute.`,
  source: (context) =>
    replayed(context, 'whatIf', requestOf, { waiting: translate`Recomputing the update…`, failure: '' }),
  summary,
  emptySummary: ({ inspection, model: { shared } }) =>
    shared === undefined
      ? emptySummary(inspection.update)
      : notInFile(
          translate`the update with another clipping, truncation or learning rate, which Unroll computes in VS Code`,
        ),
  readout: (result, { model, inspection }) => readout(result, stepInFocus(model, inspection.steps)),
  table: (result) => ({ dependsOn: [result], make: () => comparison(result) }),
  picture: {
    kind: 'curves',
    label: translate`Gradient of each time step, as trained and with the change`,
    height: 'step',
    dependencies: (result) => [result],
    content: (result, { theme }) => ({
      curves: curvesOf(result, theme),
      yAxis: 'log',
      yTitle: '‖∂L/∂h_t‖',
      xTicks: false,
    }),
  },
  parts: ({ store }) => {
    const controls = new WhatIfControls((changed) => {
      store.dispatch({ kind: 'viewChanged', view: { whatIf: { ...store.model.view.whatIf, ...changed } } });
    });
    return {
      controls: {
        element: controls.element,
        update: ({ model, inspection }) => {
          controls.element.hidden = model.shared !== undefined;
          if (model.run !== undefined) controls.update(model.view.whatIf, model.run.info, inspection);
        },
      },
      above: tablePart(comparison),
    };
  },
};

/** The changed update; undefined where nothing is changed. */
function requestOf({ model: { run, view, shared }, inspection }: SequenceDrawing): WhatIfRequest | undefined {
  if (run === undefined || shared !== undefined) return undefined;
  const change = whatIfChange(view.whatIf, run.info, inspection);
  return Object.keys(change).length === 0 ? undefined : { update: inspection.update, change };
}

function emptySummary(update: number): string {
  return translate`Change clipping, truncation or learning rate: update ${formatExact(update)} is recomputed from the same weights and batch. The run itself doesn’t change.`;
}

function summary({ actual, changed, updateCosine, updateRatio }: WhatIf): string {
  if (actual.updateNorm === 0 || changed.updateNorm === 0) {
    const which =
      actual.updateNorm === 0 ? translate`As trained, the update is` : translate`With the change, the update would be`;
    return translate`${which} exactly 0: the weights don’t change.`;
  }
  const angle = (Math.acos(Math.max(-1, Math.min(1, updateCosine))) * 180) / Math.PI;
  const turned =
    angle < 0.05
      ? translate`in the same direction`
      : translate`turned by ${formatShortNumber(roundToDigits(angle, 3))}°`;
  const after = translate`L after the update: ${formatNumber(changed.lossAfter)} instead of ${formatNumber(actual.lossAfter)}`;
  return translate`The update would be ${formatNumber(updateRatio)} times as long, ${turned}. ${after}.`;
}

function comparison({ loss, actual, changed, gradientCosine, updateCosine }: WhatIf): Table {
  const row = (name: string, of: (outcome: WhatIfOutcome) => number): readonly (string | number)[] => [
    name,
    of(actual),
    of(changed),
  ];
  return {
    caption: translate`The update as trained and with the change`,
    columns: ['', translate`as trained`, translate`with the change`],
    rows: [
      row(translate`L before the update`, () => loss),
      row(translate`L after the update, same batch`, ({ lossAfter }) => lossAfter),
      row('‖g‖', ({ gradNorm }) => gradNorm),
      row(translate`‖g‖ after clipping`, ({ clippedNorm }) => clippedNorm),
      row(translate`clip coefficient`, ({ clipCoefficient }) => clipCoefficient),
      row(translate`learning rate`, ({ learningRate }) => learningRate),
      row('‖ΔW‖', ({ updateNorm }) => updateNorm),
      row(translate`bias ‖g − g_full‖ / ‖g_full‖ (truncation, hidden clipping)`, ({ bias }) => bias),
      row(translate`cosine with g_full`, ({ cosineWithFull }) => cosineWithFull),
      [translate`cosine of the two gradients, clipped`, '', gradientCosine],
      [translate`cosine of the two updates`, '', updateCosine],
    ],
  };
}

function curvesOf({ actual, changed }: WhatIf, theme: Theme): readonly Curve[] {
  // A logarithmic axis can't show 0: the line breaks there.
  const points = ({ dh }: WhatIfOutcome): Curve['points'] =>
    Array.from(dh, (value, t) => ({ x: t + 0.5, y: value > 0 ? value : NaN }));
  return [
    { label: translate`as trained`, points: points(actual), color: theme.train, width: 3 },
    { label: translate`with the change`, points: points(changed), color: theme.validation, dash: [5, 3] },
  ];
}

function readout({ actual, changed }: WhatIf, t: number | undefined): string {
  if (t === undefined) return translate`Point at a step to compare ‖∂L/∂h_t‖ over the whole batch.`;
  const at = ({ dh }: WhatIfOutcome): string => formatNumber(dh[t] ?? NaN);
  return translate`t = ${t} · ‖∂L/∂h_${t}‖ as trained ${at(actual)} · with the change ${at(changed)}`;
}
