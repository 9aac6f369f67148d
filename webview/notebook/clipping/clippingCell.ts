import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatCount, formatShortNumber, formatExact } from '../../../src/text/numbers';
import type { TrainingAxis } from '../../plot/trainingAxis';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun } from '../../store/model';
import type { Theme } from '../../theme/theme';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import { withoutValues } from '../absence';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { memoKey, Memo } from '../memo';
import { columnAtUpdate, isRecorded, joined, notRecorded, formatUpdates } from '../loss/lossCurves';
import { clippingTable } from '../trainingTables';
import { ClipTicks } from './clipTicks';
import { ThresholdView } from './thresholdView';
import { translate } from '../../../src/text/translate';
import './clipping.css';

/** [3] The norm of the gradient before and after clipping, the threshold, and a tick for every clipped update. */
export const clippingCell: CellDeclaration<Drawing, ShownRun> = {
  number: 3,
  title: 'Clipping',
  absence: withoutValues(translate`norm of the gradient`, 'gradNorm'),
  source: shownRun,
  summary,
  readout: (run, { model }) => readout(model, run),
  table: (run, { axis }) => {
    const series = visibleSeries(run, axis.domain);
    return { dependsOn: [run.version, series], make: () => clippingTable(series) };
  },
  picture: {
    kind: 'curves',
    label: translate`Gradient norm before and after clipping over updates`,
    height: 'clipping',
    dependencies: (run, { model, axis }) => [
      run.version,
      visibleSeries(run, axis.domain),
      run.info,
      model.view.clipThreshold,
    ],
    content: contentOf,
  },
  parts: ({ store }) => {
    const ticks = new ClipTicks((picked) => {
      if (picked.kind === 'columns') store.dispatch({ kind: 'viewChanged', view: { range: picked.range } });
      else store.dispatch({ kind: 'clipPicked', update: picked.update });
    });
    const threshold = new ThresholdView((clipThreshold) => {
      store.dispatch({ kind: 'viewChanged', view: { clipThreshold } });
    });
    return {
      between: {
        element: ticks.element,
        update: (run, { axis, theme }) => {
          ticks.update(run.version, visibleSeries(run, axis.domain), axis, theme);
        },
      },
      below: {
        element: threshold.element,
        update: (run, { model }) => {
          threshold.update(run, model.view.clipThreshold);
        },
      },
    };
  },
};

const lines = new Memo<readonly Curve[]>();

function contentOf(run: ShownRun, { model, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const { clip } = run.info;
  const threshold = model.view.clipThreshold;
  const curves = [
    ...lines.of(memoKey(run.version, series, run.info, theme), () => linesOf(run, series, theme)),
    ...(clip?.kind === 'norm' ? [thresholdCurve(clip.threshold, theme, axis)] : []),
    ...(threshold === undefined ? [] : [candidateCurve(threshold, theme, axis)]),
  ];
  return { curves, yAxis: 'log', yTitle: '‖g‖' };
}

function linesOf({ info }: ShownRun, series: DisplaySeries, theme: Theme): readonly Curve[] {
  const { scalars } = series;
  const { stride, count } = scalars;
  const before = scalars.values('gradNorm');
  const after = scalars.values('clippedNorm');
  const line = (values: Float64Array) =>
    // A logarithmic axis can't show 0: the line breaks there.
    joined(
      series,
      Array.from({ length: count }, (_, column) => ({
        x: scalars.updateOf(column + 0.5),
        y: positive(values[column]),
      })),
    );
  const largest = stride === 1 ? '' : translate`, largest of ${stride} updates`;
  const { clip } = info;
  const curves: Curve[] = [{ label: translate`before clipping${largest}`, points: line(before), color: theme.train }];
  if (clip === null) return [{ ...curves[0], label: `‖g‖${largest}` } as Curve];
  if (clip.kind !== 'hidden')
    curves.push({
      label: translate`after clipping${largest}`,
      points: line(after),
      color: theme.clipped,
      dash: [5, 3],
    });
  return curves;
}

function thresholdCurve(threshold: number, theme: Theme, axis: TrainingAxis): Curve {
  return {
    label: translate`threshold ${formatShortNumber(threshold)}`,
    points: axis.domain.map((x) => ({ x, y: threshold })),
    color: theme.clip,
    dash: [2, 3],
    width: 1,
  };
}

function candidateCurve(threshold: number, theme: Theme, axis: TrainingAxis): Curve {
  return {
    label: translate`candidate: ${formatShortNumber(threshold)}`,
    points: axis.domain.map((x) => ({ x, y: threshold })),
    color: theme.foreground,
    dash: [8, 4],
    width: 1,
  };
}

function positive(value: number | undefined): number {
  return value !== undefined && value > 0 ? value : NaN;
}

function readout({ hover, view }: Model, run: ShownRun): string {
  const at = hover?.update ?? view.selection?.update ?? run.status.updates - 1;
  if (at < 0) return translate`No update yet.`;
  const series = seriesAt(run, at);
  const { scalars } = series;
  const column = columnAtUpdate(series, at);
  const before = scalars.column('gradNorm', column)[0] ?? NaN;
  const after = scalars.column('clippedNorm', column)[0] ?? NaN;
  const clips = scalars.column('clips', column)[0] ?? 0;
  const which =
    scalars.stride === 1
      ? translate`update ${formatExact(at)}`
      : translate`${formatUpdates(series, column, run.status.updates)}, the largest`;
  if (!isRecorded(series, column))
    return `${formatUpdates(series, column, run.status.updates)} · ${notRecorded(series)}`;
  if (run.info.clip === null) return `${which} · ‖g‖ = ${formatNumber(before)}`;
  const what =
    scalars.stride === 1 ? (clips > 0 ? translate`clipped` : translate`not clipped`) : translate`${clips} clipped`;
  return translate`${which} · ‖g‖ before ${formatNumber(before)} · after ${formatNumber(after)} · ${what}`;
}

const kinds = {
  norm: (threshold: string) => translate`Clips the global norm to ${threshold}.`,
  value: (threshold: string) => translate`Clips every element of the gradient to ±${threshold}.`,
  hidden: (threshold: string) => translate`Clips every element of ∂L/∂h_t to ±${threshold}, inside the recurrence.`,
} as const;

function summary({ info, status }: ShownRun): string {
  const { clip } = info;
  if (info.imported !== undefined)
    return translate`The norm of the gradient, as it was logged: before or after clipping, the log doesn’t say.`;
  if (clip === null) return translate`This experiment doesn’t clip gradients; their norms are still recorded.`;
  const how = kinds[clip.kind](formatShortNumber(clip.threshold));
  if (status.updates === 0) return how;
  if (status.clipped === 0) return translate`None of ${formatCount(status.updates, 'update')} was clipped. ${how}`;
  const share = Math.round((100 * status.clipped) / status.updates);
  const shown = share === 0 && status.clipped > 0 ? translate`less than 1` : String(share);
  const last = status.lastClip === undefined ? '' : translate`; last: update ${formatExact(status.lastClip)}`;
  return translate`Clipped ${shown} % of updates (${formatExact(status.clipped)} of ${formatExact(status.updates)})${last}. ${how}`;
}
