import type { RecordBatch, StepSeries, UpdateRecord } from './recordBatch';

/** The records that were packed into a batch, in their order; the inverse of `pack`. */
export function* recordsOf(batch: RecordBatch): Generator<UpdateRecord> {
  const { layout, count } = batch;
  const [P, M] = [layout.parameters.length, layout.metrics?.length ?? 0];
  let recorded = 0;
  for (let n = 0; n < count; n++) {
    const at = (values: Float64Array): number => values[n] ?? NaN;
    const steps = batch.steps[n] ?? 0;
    const hasValidation = !Number.isNaN(at(batch.validationLoss));
    yield {
      update: at(batch.update),
      loss: at(batch.loss),
      validationLoss: hasValidation ? at(batch.validationLoss) : undefined,
      metrics: hasValidation ? Array.from(batch.metrics.subarray(n * M, (n + 1) * M)) : undefined,
      gradNorm: at(batch.gradNorm),
      clippedNorm: at(batch.clippedNorm),
      clipCoefficient: at(batch.clipCoefficient),
      clipped: batch.clipped[n] === 1,
      learningRate: at(batch.learningRate),
      seconds: at(batch.seconds),
      parameterNorms: layout.parameters.map((_, p) => ({
        gradNorm: batch.parameterGradNorm[n * P + p] ?? NaN,
        clippedNorm: batch.parameterClippedNorm[n * P + p] ?? NaN,
        updateNorm: batch.parameterUpdateNorm[n * P + p] ?? NaN,
        weightNorm: batch.parameterWeightNorm[n * P + p] ?? NaN,
      })),
      record: steps > 0 ? seriesOf(batch, recorded++, steps) : undefined,
    };
  }
}

/** The series through time of the m-th update that has them. */
function seriesOf(
  { layout, lossPerStep, dh, dhLocal, dc, saturation }: RecordBatch,
  m: number,
  steps: number,
): StepSeries {
  const { layers: L, steps: T, saturating, hasCellState } = layout;
  const S = saturating.length;
  const row = (values: Float64Array, l: number): Float64Array => {
    const from = (m * L + l) * T;
    return values.slice(from, from + steps);
  };
  return {
    steps,
    lossPerStep: lossPerStep.slice(m * T, m * T + steps),
    layers: Array.from({ length: L }, (_, l) => ({
      dh: row(dh, l),
      dhLocal: row(dhLocal, l),
      ...(hasCellState ? { dc: row(dc, l) } : {}),
      saturation: saturating.map((name, s) => {
        const at = ((m * L + l) * S + s) * 2;
        return { name, low: saturation[at] ?? NaN, high: saturation[at + 1] ?? NaN };
      }),
    })),
  };
}
