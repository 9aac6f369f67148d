import type { GradientNormBreakdown } from '../../../src/protocol/gradientNormBreakdown';
import { formatNumber, formatShortNumber, formatExact, formatShortPercentage } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import { formatParameterName } from '../../../src/text/tensorNames';
import type { Table } from '../../plot/table';
import { replayed } from '../dataSources';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { tablePart } from '../cell/tablePart';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { translate } from '../../../src/text/translate';

/** [14] The gradient-norm breakdown of an update: the shares of parameters and steps, and the effect of clipping. */
export const gradientNormCell: CellDeclaration<SequenceDrawing, GradientNormBreakdown> = {
  number: 14,
  title: 'Clipping at this update',
  withoutTraining: translate`Nothing is clipped for it, so there is no clipping to show.`,
  source: (context) =>
    replayed(context, 'gradientNorm', ({ inspection }) => ({ update: inspection.update }), {
      waiting: translate`Computing the shares of the norm…`,
      failure: translate`Can’t show the breakdown`,
    }),
  summary: (entry, { model }) => (model.run === undefined ? '' : summary(entry, model.run.info)),
  emptySummary: () => translate`The shares of parameters and time steps in the gradient norm of this update.`,
  readout: (entry, { model, inspection }) => readout(entry, stepInFocus(model, inspection.steps)),
  table: (entry) => ({ dependsOn: [entry], make: () => parameterTable(entry) }),
  picture: {
    kind: 'curves',
    label: translate`Share of each time step in the gradient`,
    height: 'step',
    dependencies: (entry) => [entry],
    isShown: ({ stepShare }) => stepShare.length > 0,
    content: ({ stepShare }, { theme }) => ({
      curves: [
        {
          label: translate`share of a step’s terms in ‖g‖²; below 0 they cancel part of it`,
          points: Array.from(stepShare, (y, t) => ({ x: t + 0.5, y })),
          color: theme.train,
          dots: stepShare.length <= 60,
        },
      ],
      yAxis: 'linear',
      yTitle: translate`share`,
      xTicks: false,
    }),
  },
  parts: () => ({ above: tablePart(parameterTable) }),
};

function parameterTable({ parameters, update }: GradientNormBreakdown): Table {
  return {
    caption: translate`Parameters in the gradient norm of update ${formatExact(update)}`,
    columns: [
      translate`parameter`,
      translate`share of ‖g‖²`,
      '‖g‖',
      translate`‖g‖ clipped`,
      translate`cosine`,
      translate`elements changed`,
    ],
    rows: [...parameters]
      .sort((a, b) => b.share - a.share)
      .map(({ name, share, gradNorm, clippedNorm, cosine, changed, elements }) => [
        formatParameterName(name),
        share,
        gradNorm,
        clippedNorm,
        cosine,
        translate`${formatExact(changed)} of ${formatExact(elements)}`,
      ]),
  };
}

function summary(entry: GradientNormBreakdown, { clip }: RunInfo): string {
  const { parameters, gradNorm, clippedNorm, coefficient, cosine, stepShare } = entry;
  const [most] = [...parameters].sort((a, b) => b.share - a.share);
  const largest =
    most === undefined
      ? ''
      : translate` The largest share is that of ${formatParameterName(most.name)}: ${formatShortPercentage(most.share)}.`;
  const steps = stepShare.length < 2 ? '' : ` ${formatHalf(stepShare)}`;
  if (gradNorm === 0)
    return translate`The gradient is exactly 0: nothing is clipped, and nothing is learned from this update.`;
  const norm = `‖g‖ = ${formatNumber(gradNorm)}`;
  if (clip === null) return translate`${norm}; this experiment doesn’t clip.${largest}${steps}`;
  const threshold = formatShortNumber(clip.threshold);
  if (clip.kind === 'hidden') {
    return translate`${norm}. ∂L/∂h_t is clipped to ±${threshold} during backpropagation, so this norm is already limited.${largest}${steps}`;
  }
  if (clippedNorm === gradNorm || (coefficient === 1 && parameters.every(({ changed }) => changed === 0))) {
    return translate`${norm}, within the threshold of ${threshold}: nothing was clipped.${largest}${steps}`;
  }
  const how =
    clip.kind === 'norm'
      ? translate`scaled by ${formatNumber(coefficient)} to ${formatNumber(clippedNorm)}, same direction`
      : translate`every element clipped to ±${threshold}: norm ${formatNumber(clippedNorm)}, cosine with the raw gradient ${formatNumber(cosine)}`;
  return `${norm}, ${how}.${largest}${steps}`;
}

/** How many of the last steps make up half of ‖g‖²; not defined where some shares are negative. */
function formatHalf(shares: Float64Array): string {
  if (shares.some((share) => share < 0)) return translate`Some steps cancel part of the others.`;
  let sum = 0;
  for (let t = shares.length - 1; t >= 0; t--) {
    sum += shares[t] ?? 0;
    if (sum >= 0.5) {
      const count = shares.length - t;
      return translate`Half of it comes from the last ${count === 1 ? 'step' : translate`${count} steps`} of ${shares.length}.`;
    }
  }
  return '';
}

function readout({ stepShare }: GradientNormBreakdown, t: number | undefined): string {
  if (t === undefined) return translate`Point at a step to see its share.`;
  return translate`t = ${t} · share of ‖g‖² ${formatShortPercentage(stepShare[t] ?? NaN)}`;
}
