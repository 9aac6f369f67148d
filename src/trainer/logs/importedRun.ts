import type { CurveMapping, CurveRole, LogFormat } from '../../protocol/trainingLog';
import { writeManifest, type Manifest } from '../../run/manifest';
import type { RecordBatch, RecordLayout } from '../../run/records/recordBatch';
import { emptyBatch, RecordEncoder } from '../../run/records/recordEncoder';
import { maxLeftOut, type RunInfo } from '../../run/runInfo';
import { metricName } from '../../run/series/validationMetrics';
import { layoutVersion, runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import { formatExact } from '../../text/numbers';
import type { LogCurve, TrainingLog } from './logCurves';

/** A log that becomes a run. */
export interface ImportedLog {
  readonly log: TrainingLog;
  readonly format: LogFormat;
  /** The name of its file or folder. */
  readonly file: string;
  /** The name of the run. */
  readonly name: string;
  /** What numbers the updates: the name of a column, `step`, or `row`. */
  readonly step: string;
  readonly mapping: CurveMapping;
}

/** The kinds of logs, as they are named to people. */
const formatNames = {
  tensorboard: 'a TensorBoard log',
  csv: 'a CSV log',
  jsonl: 'a JSON log',
} as const satisfies Record<LogFormat, string>;

/** Numbers of a batch of records, at most. */
const numbersPerBatch = 1 << 18;

/**
 * Writes a log as a run: a row of records for each step at which one of the mapped curves has a value.
 *
 * @returns the number of updates, one more than the last step, and the names of the curves that the run does not have
 * @throws where a name is not in the log, where none has a value, and where the folder can't be written
 */
export async function writeImportedRun(
  storage: RunStorage,
  imported: ImportedLog,
): Promise<{ readonly updates: number; readonly leftOut: readonly string[] }> {
  const curves = curvesByRole(imported);
  const { norms } = imported.log;
  const gradients = norms.filter(({ name }) => isGradient(name));
  const weights = norms.filter(({ name }) => !isGradient(name));
  const parameters = [...new Set(norms.map(({ name }) => parameterOf(name)))];
  const layout: RecordLayout = {
    parameters,
    layers: 0,
    steps: 0,
    hasCellState: false,
    saturating: [],
    metrics: curves.validationAccuracy === undefined ? [] : [metricName({ kind: 'accuracy' })],
    isSparse: true,
  };
  const all = [...Object.values(curves), ...norms];
  const steps = stepsOf(all);
  const last = steps.at(-1);
  if (last === undefined) throw new Error('None of the chosen curves has a value.');
  const used = new Set(Object.values(curves).map(({ name }) => name));
  const leftOut = imported.log.curves.map(({ name }) => name).filter((name) => !used.has(name));
  const encoder = new RecordEncoder(layout);
  const manifest = manifestOf(imported, curves, layout, last + 1, leftOut);
  // The manifest first, so that the folder can be recognized as a run from the start.
  await storage.write(runFiles.manifest, writeManifest(manifest));
  await storage.write(runFiles.records, encoder.head());
  const rows = Math.max(1, Math.floor(numbersPerBatch / (16 + 4 * parameters.length)));
  for (let at = 0; at < steps.length; at += rows) {
    const batch = batchOf(layout, steps.subarray(at, at + rows), { curves, gradients, weights });
    await storage.append(runFiles.records, encoder.encode(batch));
  }
  await storage.sync(runFiles.records);
  return { updates: last + 1, leftOut };
}

type MappedCurves = Readonly<Partial<Record<CurveRole, LogCurve>>>;

function curvesByRole({ log, mapping }: ImportedLog): MappedCurves {
  const curves: Partial<Record<CurveRole, LogCurve>> = {};
  for (const [role, name] of Object.entries(mapping) as [CurveRole, string][]) {
    const found = log.curves.find((curve) => curve.name === name);
    if (found === undefined) throw new Error(`The log has no curve “${name}”.`);
    curves[role] = found;
  }
  return curves;
}

/** Whether a histogram is one of a gradient, by its name. */
function isGradient(name: string): boolean {
  return /grad/i.test(name);
}

/** The name of the parameter of a histogram, without the words that say what of it the histogram shows. */
function parameterOf(name: string): string {
  const plain = name
    .replace(/[/_. -]?histogram$/i, '')
    .replace(/(^|[/_. -])(?:grad(?:ient)?s?|weights?_hist|params?|parameters?)(?=$|[/_. -])/gi, '$1')
    .replace(/^[/_. -]+|[/_. -]+$/g, '');
  return plain === '' ? name : plain;
}

/** All steps of curves, ascending. */
function stepsOf(curves: readonly LogCurve[]): Float64Array {
  const length = curves.reduce((sum, { steps }) => sum + steps.length, 0);
  const all = new Float64Array(length);
  let at = 0;
  for (const { steps } of curves) {
    all.set(steps, at);
    at += steps.length;
  }
  all.sort();
  return all.filter((step, n) => n === 0 || step !== all[n - 1]);
}

interface Columns {
  readonly curves: MappedCurves;
  readonly gradients: readonly LogCurve[];
  readonly weights: readonly LogCurve[];
}

function batchOf(layout: RecordLayout, steps: Float64Array, { curves, gradients, weights }: Columns): RecordBatch {
  const count = steps.length;
  const missing = (): Float64Array => new Float64Array(count).fill(NaN);
  const column = (curve: LogCurve | undefined): Float64Array =>
    curve === undefined ? missing() : valuesAt(curve, steps);
  const gradNorm = column(curves.gradNorm);
  const accuracy = curves.validationAccuracy;
  const perParameter = (norms: readonly LogCurve[]): Float64Array => {
    const P = layout.parameters.length;
    const out = new Float64Array(count * P).fill(NaN);
    for (const norm of norms) {
      const p = layout.parameters.indexOf(parameterOf(norm.name));
      valuesAt(norm, steps).forEach((value, n) => {
        if (!Number.isNaN(value)) out[n * P + p] = value;
      });
    }
    return out;
  };
  const parameterGradNorm = perParameter(gradients);
  return {
    // Without series through time.
    ...emptyBatch(layout),
    count,
    update: steps,
    loss: column(curves.loss),
    validationLoss: column(curves.validationLoss),
    ...(accuracy === undefined ? {} : { metrics: shares(valuesAt(accuracy, steps)) }),
    gradNorm,
    // A copy: of two columns in one buffer Arrow writes one.
    clippedNorm: gradNorm.slice(),
    clipCoefficient: new Float64Array(count).fill(NaN),
    clipped: new Uint8Array(count),
    learningRate: column(curves.learningRate),
    seconds: secondsAt(Object.values(curves), steps),
    parameterGradNorm,
    parameterClippedNorm: parameterGradNorm,
    parameterUpdateNorm: new Float64Array(count * layout.parameters.length).fill(NaN),
    parameterWeightNorm: perParameter(weights),
    steps: new Int32Array(count),
  };
}

/** The values of a curve at steps, NaN where it has none; both ascend. */
function valuesAt({ steps: known, values }: LogCurve, steps: Float64Array): Float64Array {
  let at = lowerBound(known, steps[0] ?? 0);
  return steps.map((step) => {
    while (at < known.length && (known[at] ?? 0) < step) at += 1;
    return known[at] === step ? (values[at] ?? NaN) : NaN;
  });
}

function lowerBound(ascending: Float64Array, value: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Accuracies in percent as shares. */
function shares(values: Float64Array): Float64Array {
  const isPercent = values.some((value) => value > 1);
  return isPercent ? values.map((value) => value / 100) : values;
}

/** Seconds since the first value of the log, as far as it tells; 0 before the first that it tells. */
function secondsAt(curves: readonly LogCurve[], steps: Float64Array): Float64Array {
  const timed = curves.filter(({ times }) => times.length > 0);
  const began = Math.min(...timed.map(({ times }) => times[0] ?? Infinity));
  const all = timed.map((curve) => valuesAt({ ...curve, values: curve.times }, steps));
  let latest = 0;
  return steps.map((_, n) => {
    for (const times of all) {
      const seconds = (times[n] ?? NaN) - began;
      if (seconds > latest) latest = seconds;
    }
    return latest;
  });
}

function manifestOf(
  { log, format, file, name, step, mapping }: ImportedLog,
  curves: MappedCurves,
  layout: RecordLayout,
  updates: number,
  leftOut: readonly string[],
): Manifest {
  const timed = Object.values(curves).filter(({ times }) => times.length > 0);
  const began = Math.min(...timed.map(({ times }) => times[0] ?? Infinity));
  const ended = Math.max(...timed.map(({ times }) => times.at(-1) ?? -Infinity));
  const loss = lastOf(curves.loss);
  const diverged = curves.loss !== undefined && !Number.isFinite(curves.loss.values.at(-1) ?? NaN);
  const firstBad = curves.loss?.values.findIndex((value) => !Number.isFinite(value)) ?? -1;
  const message = [
    ...(diverged ? [`The loss is not finite from step ${formatExact(curves.loss.steps[firstBad] ?? 0)} on.`] : []),
    ...log.notices,
  ].join(' ');
  const facts: RunInfo = {
    recordedBy: formatNames[format],
    imported: {
      format,
      log: file.slice(0, 1000),
      step: step.slice(0, 300),
      curves: Object.fromEntries(Object.entries(mapping)),
      leftOut: leftOut.slice(0, maxLeftOut),
    },
    name,
    variant: null,
    notes: '',
    seed: 0,
    seeds: [],
    cell: 'unknown',
    activation: null,
    ...{ inputs: 0, hidden: 0, layerCount: 0, outputs: 0, parameterCount: 0, steps: 0, batch: 0 },
    data: 'not in the log',
    dataDigest: null,
    loss: { kind: 'other', reduction: 'mean' },
    bptt: 'full',
    clip: null,
    optimizer: 'unknown',
    plannedUpdates: 0,
    recordEvery: 1,
    validateEvery: 0,
    baselines: [],
    dataScale: null,
    scaling: null,
    dataFindings: [],
    lag: null,
    kernels: 'unknown',
    kernelChanges: [],
    resumedAt: [],
    shards: 1,
    workers: 1,
    memoryBytes: 0,
    folder: null,
    layout,
  };
  return {
    format: 'unroll-run',
    version: layoutVersion,
    experiment: { name, log: file },
    variant: null,
    source: null,
    git: null,
    kernels: 'unknown',
    state: diverged ? 'diverged' : 'finished',
    reason: null,
    updates,
    startedAt: (Number.isFinite(began) ? dateOf(began) : new Date()).toISOString(),
    endedAt: Number.isFinite(ended) ? dateOf(ended).toISOString() : null,
    seconds: Number.isFinite(ended - began) ? Math.max(0, ended - began) : 0,
    loss: loss ?? null,
    validationLoss: lastOf(curves.validationLoss) ?? null,
    message: message === '' ? null : message,
    nonFinite: null,
    facts: facts as Manifest['facts'],
  };
}

/** A time that may be anything a file says. */
function dateOf(seconds: number): Date {
  const date = new Date(1000 * seconds);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

/** The last finite value. */
function lastOf(curve: LogCurve | undefined): number | undefined {
  return curve?.values.findLast(Number.isFinite);
}
