import type { Source } from '../../data/source';
import { parameterCount } from '../../engine/network';
import type { ResolvedExperiment } from '../../experiment/schema';
import type { RunInfo } from '../../protocol/run';
import { formatCount } from '../../text/numbers';
import type { TrainingSetup } from './trainingSetup';

/**
 * The RunInfo of a run, complete before its first update.
 *
 * @param dataDigest see `computeDataDigest`
 */
export function runInfoOf(
  setup: TrainingSetup,
  variant: string | undefined,
  folder: string | undefined,
  workers: number,
  dataDigest: string | null = null,
): RunInfo {
  const { experiment, source, learner, layout } = setup;
  const { model, training } = experiment;
  return {
    name: experiment.name,
    variant: variant ?? null,
    notes: experiment.notes,
    seed: experiment.seed,
    cell: model.cell,
    activation: model.activation ?? null,
    inputs: source.inputs,
    hidden: model.hidden,
    layerCount: model.layers,
    outputs: source.outputs,
    parameterCount: parameterCount(setup.options.network),
    steps: layout.steps,
    batch: source.batch,
    data: formatData(experiment, source.gaps),
    dataDigest,
    loss: experiment.loss,
    bptt: experiment.bptt,
    clip: clipInfo(experiment.clip),
    optimizer: formatOptimizer(experiment.optimizer),
    plannedUpdates: training.steps,
    recordEvery: experiment.record.every,
    validateEvery: training.validateEvery,
    baselines: source.baselines.filter(({ value }) => Number.isFinite(value)),
    lag: source.lag ?? null,
    kernels: setup.kernels.name,
    kernelChanges: [],
    shards: learner.shardCount,
    workers,
    memoryBytes: setup.memoryBytes,
    folder: folder ?? null,
    layout,
  };
}

const gapHandling = { refuse: '', skip: 'no window has them', mask: 'masked', interpolate: 'interpolated' } as const;

function formatData({ data }: ResolvedExperiment, gaps: Source['gaps']): string {
  if ('task' in data) return `task ${data.task}`;
  if ('text' in data) return `text ${data.text}`;
  if ('csv' in data) {
    if (gaps === undefined || gaps.rows === 0) return `CSV ${data.csv}`;
    const found = `${formatCount(gaps.cells, 'missing value')} in ${formatCount(gaps.rows, 'row')}`;
    return `CSV ${data.csv}, ${found}: ${gapHandling[data.gaps]}`;
  }
  return data.sequences.length === 1 ? 'one inline sequence' : `${data.sequences.length} inline sequences`;
}

function clipInfo(clip: ResolvedExperiment['clip']): RunInfo['clip'] {
  if (clip === null) return null;
  if ('norm' in clip) return { kind: 'norm', threshold: clip.norm };
  if ('value' in clip) return { kind: 'value', threshold: clip.value };
  return { kind: 'hidden', threshold: clip.hidden };
}

function formatOptimizer({ kind, learningRate, schedule }: ResolvedExperiment['optimizer']): string {
  if (schedule === 'constant') return `${kind}, rate ${learningRate}`;
  const [name, value] = Object.entries(schedule)[0] ?? [];
  return `${kind}, rate ${learningRate}, ${name} schedule ${value}`;
}
