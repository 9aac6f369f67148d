import type { Source } from '../../data/source';
import type { TableFacts } from '../../data/sourceContract';
import { parameterCount } from '../../engine/network';
import type { CsvData, ResolvedExperiment } from '../../experiment/schema/schema';
import type { RunInfo } from '../../protocol/run';
import { maxStoredColumns } from '../../run/runInfo';
import { formatCount, formatExact } from '../../text/numbers';
import type { TrainingSetup } from './trainingSetup';

/**
 * The RunInfo of a run, complete before its first update.
 *
 * @param dataDigest see `computeDataDigest`
 * @param seeds the seeds of the group of which it is one
 */
export function runInfoOf(
  setup: TrainingSetup,
  variant: string | undefined,
  folder: string | undefined,
  workers: number,
  dataDigest: string | null = null,
  seeds: readonly number[] = [],
): RunInfo {
  const { experiment, source, learner, layout } = setup;
  const { model, training } = experiment;
  return {
    name: experiment.name,
    variant: variant ?? null,
    notes: experiment.notes,
    seed: experiment.seed,
    seeds: [...seeds],
    cell: model.cell,
    activation: model.activation ?? null,
    inputs: source.inputs,
    hidden: model.hidden,
    layerCount: model.layers,
    outputs: source.outputs,
    parameterCount: parameterCount(setup.options.network),
    steps: layout.steps,
    batch: source.batch,
    data: formatData(experiment, source.table),
    dataDigest,
    loss: experiment.loss,
    bptt: experiment.bptt,
    clip: clipInfo(experiment.clip),
    optimizer: formatOptimizer(experiment.optimizer),
    plannedUpdates: training.steps,
    recordEvery: experiment.record.every,
    validateEvery: training.validateEvery,
    baselines: source.baselines.filter(({ value }) => Number.isFinite(value)),
    dataScale: source.scale ?? null,
    dataFindings: (source.findings ?? []).map(({ code, level, keyPath, message }) => ({
      code,
      level,
      keyPath: [...keyPath],
      message,
    })),
    scaling: storedScaling(source),
    lag: source.lag ?? null,
    kernels: setup.kernels.name,
    kernelChanges: [],
    resumedAt: [],
    shards: learner.shardCount,
    workers,
    memoryBytes: setup.memoryBytes,
    folder: folder ?? null,
    layout,
  };
}

/** The scaling of a table of at most as many columns as a manifest can hold. */
function storedScaling({ scaling, inputs, outputs }: Source): RunInfo['scaling'] {
  return scaling === undefined || Math.max(inputs, outputs) > maxStoredColumns ? null : scaling;
}

const gapHandling = {
  refuse: '',
  skip: 'no window has them',
  mask: 'masked',
  interpolate: 'interpolated in inputs, no loss in targets',
} as const;

function formatData({ data }: ResolvedExperiment, table: Source['table']): string {
  if ('task' in data) return `task ${data.task}`;
  if ('text' in data) return `text ${data.text}`;
  if ('csv' in data) return [`CSV ${data.csv}`, ...(table === undefined ? [] : tableTexts(data, table))].join(', ');
  return data.sequences.length === 1 ? 'one inline sequence' : `${data.sequences.length} inline sequences`;
}

function tableTexts({ gaps: handling }: CsvData, { gaps, times, classes, sequences }: TableFacts): readonly string[] {
  const texts: string[] = [];
  if (sequences !== undefined) {
    const { count, training, least, most } = sequences;
    const rows = least === most ? formatCount(most, 'row') : `${formatExact(least)} to ${formatCount(most, 'row')}`;
    texts.push(`${formatCount(count, 'sequence')} of ${rows} (${formatExact(training)} for training)`);
  }
  if (classes !== undefined) texts.push(classes === 1 ? '1 class' : `${formatExact(classes)} classes`);
  if (times?.isSorted === true) texts.push('sorted by time');
  if (times !== undefined && times.repeated > 0) texts.push(formatCount(times.repeated, 'repeated time'));
  if (times !== undefined && times.missing > 0) texts.push(formatCount(times.missing, 'missing time'));
  if (gaps.rows > 0) {
    const found = `${formatCount(gaps.cells, 'missing value')} in ${formatCount(gaps.rows, 'row')}`;
    texts.push(`${found}: ${gapHandling[handling]}`);
  }
  return texts;
}

function clipInfo(clip: ResolvedExperiment['clip']): RunInfo['clip'] {
  if (clip === null) return null;
  if ('norm' in clip) return { kind: 'norm', threshold: clip.norm };
  if ('value' in clip) return { kind: 'value', threshold: clip.value };
  return { kind: 'hidden', threshold: clip.hidden };
}

function formatOptimizer({ kind, learningRate, schedule }: ResolvedExperiment['optimizer']): string {
  if (schedule === 'constant') return `${kind}, rate ${learningRate}`;
  if ('plateau' in schedule) {
    const { factor, patience } = schedule.plateau;
    return `${kind}, rate ${learningRate}, plateau schedule (factor ${factor}, patience ${patience})`;
  }
  const [name, value] = Object.entries(schedule)[0] ?? [];
  return `${kind}, rate ${learningRate}, ${name} schedule ${value}`;
}
