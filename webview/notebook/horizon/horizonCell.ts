import type { Horizon } from '../../../src/protocol/gradientFlow';
import { formatCount, formatExact } from '../../../src/text/numbers';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Model } from '../../store/model';
import type { Theme } from '../../theme/theme';
import type { Drawing } from '../cell/cellFrame';
import { withoutLayers } from '../absence';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { HorizonControls, measuredHorizons } from './horizonControls';
import { translate } from '../../../src/text/translate';

/** [5] The memory horizon over the run and the lag of the task; measured on request. */
export const horizonCell: CellDeclaration<Drawing, readonly Horizon[]> = {
  number: 5,
  title: 'Memory horizon',
  absence: withoutLayers(translate`gradient for each time step, of which the horizon is measured`),
  source: () => ({ dataFor: ({ model }) => measuredHorizons(model) }),
  summary: (measured, { model }) => summary(model, measured),
  emptySummary: ({ model }) => summary(model, []),
  readout: (measured, { model }) => readout(model, measured),
  table: (measured, { model: { run } }) => ({
    dependsOn: [measured],
    make: () => ({
      caption: translate`Memory horizon over updates`,
      columns: [
        translate`update`,
        translate`horizon (steps)`,
        ...(hasCellState(measured) ? [translate`horizon of c_t (steps)`] : []),
        translate`lag of the task`,
      ],
      rows: measured.map(({ update, horizon, cellStateHorizon }) => [
        update,
        horizon ?? NaN,
        ...(hasCellState(measured) ? [cellStateHorizon ?? NaN] : []),
        run?.info.lag ?? NaN,
      ]),
    }),
  }),
  picture: {
    kind: 'curves',
    label: translate`Memory horizon over updates`,
    height: 'short',
    dependencies: (measured) => [measured],
    content: contentOf,
  },
  parts: ({ store, request }) => ({ controls: new HorizonControls(store, request) }),
};

function contentOf(measured: readonly Horizon[], { model, axis, theme }: Drawing): CurvesContent {
  const lag = model.run?.info.lag ?? null;
  const highest = Math.max(
    lag ?? 0,
    ...measured.flatMap(({ horizon, cellStateHorizon }) => [horizon ?? 0, cellStateHorizon ?? 0]),
    1,
  );
  return {
    curves: curvesOf(measured, lag, theme, axis.domain),
    yAxis: 'linear',
    yTitle: translate`steps`,
    yRange: [0, Math.ceil((highest * 1.1) / 5) * 5],
  };
}

function curvesOf(
  measured: readonly Horizon[],
  lag: number | null,
  theme: Theme,
  domain: readonly [number, number],
): readonly Curve[] {
  return [
    {
      label: translate`memory horizon${hasCellState(measured) ? translate` of h_t` : ''}, median over sequences`,
      points: measured.map(({ update, horizon }) => ({ x: update + 0.5, y: horizon ?? NaN })),
      color: theme.train,
      width: 2,
      dots: true,
    },
    ...(hasCellState(measured)
      ? [
          {
            label: translate`memory horizon of c_t`,
            points: measured.map(({ update, cellStateHorizon }) => ({ x: update + 0.5, y: cellStateHorizon ?? NaN })),
            color: theme.validation,
            width: 2,
            dots: true,
          },
        ]
      : []),
    ...(lag === null
      ? []
      : [
          {
            label: translate`lag of the task: ${lag}`,
            points: domain.map((x) => ({ x, y: lag })),
            color: theme.baseline,
            dash: [6, 4],
          },
        ]),
  ];
}

function hasCellState(measured: readonly Horizon[]): boolean {
  return measured.some(({ cellStateHorizon }) => cellStateHorizon !== undefined);
}

function summary({ run }: Model, measured: readonly Horizon[]): string {
  const last = measured.at(-1);
  const lag = run?.info.lag ?? null;
  const needed = lag === null ? '' : translate` The task needs ${lag}.`;
  if (last === undefined)
    return translate`How many steps back the gradient stays above 0.1 % of its value at the loss.${needed}`;
  return translate`${formatHorizon(measured[0] ?? last)} at update ${(measured[0] ?? last).update}, ${formatHorizon(last)} at update ${formatExact(last.update)}.${needed}`;
}

function readout({ hover, view }: Model, measured: readonly Horizon[]): string {
  const at = hover?.update ?? view.selection?.update ?? measured.at(-1)?.update ?? 0;
  const nearest = measured.reduce((best, one) => (Math.abs(one.update - at) < Math.abs(best.update - at) ? one : best));
  return translate`update ${formatExact(nearest.update)} · ${formatHorizon(nearest)}`;
}

/** A horizon as text; one as long as the window may in fact be longer. */
function formatHorizon({ horizon, cellStateHorizon, longestLag }: Horizon): string {
  if (longestLag === null) return translate`no loss`;
  const ofH = formatLag(horizon, longestLag);
  return cellStateHorizon === undefined ? ofH : `h_t ${ofH}, c_t ${formatLag(cellStateHorizon, longestLag)}`;
}

function formatLag(horizon: number | null, longestLag: number): string {
  if (horizon === null) return translate`a gradient of 0`;
  const steps = formatCount(horizon, 'step');
  return horizon === longestLag ? translate`${steps} (the whole window)` : steps;
}
