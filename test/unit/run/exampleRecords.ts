import type { RecordLayout, UpdateRecord } from '../../../src/run/records/recordBatch';

/** Two parameters, two layers of a cell with c, T = 4. */
export const exampleLayout: RecordLayout = {
  parameters: ['rnn.weight_ih_l0', 'head.bias'],
  layers: 2,
  steps: 4,
  hasCellState: true,
  saturating: ['i', 'f'],
};

/** A record in which every number encodes its update, parameter, layer and step. */
export function exampleRecord(update: number, every = 1): UpdateRecord {
  const steps = 1 + (update % exampleLayout.steps);
  const series = (offset: number): Float64Array =>
    Float64Array.from({ length: steps }, (_, t) => update + offset + t / 10);
  return {
    update,
    loss: update + 0.5,
    validationLoss: update % 3 === 2 ? update + 0.25 : undefined,
    gradNorm: update + 0.125,
    clippedNorm: update / 2,
    clipCoefficient: 0.5,
    clipped: update % 2 === 1,
    learningRate: 0.01,
    seconds: update / 100,
    parameterNorms: exampleLayout.parameters.map((_, p) => ({
      gradNorm: update + p,
      clippedNorm: update + p + 0.1,
      updateNorm: update + p + 0.2,
      weightNorm: update + p + 0.3,
    })),
    record:
      update % every === 0
        ? {
            steps,
            lossPerStep: series(0),
            layers: [0, 1].map((l) => ({
              dh: series(100 * (l + 1)),
              dhLocal: series(1000 * (l + 1)),
              dc: series(10_000 * (l + 1)),
              saturation: exampleLayout.saturating.map((name, s) => ({
                name,
                low: (update + s) / 1e3,
                high: (update + l) / 1e3,
              })),
            })),
          }
        : undefined,
  };
}
