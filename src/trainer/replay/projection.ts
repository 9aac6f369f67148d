import { tensorOf, type Capture, type CapturedTensor } from '../../engine/instruments/capture';
import { predictionOf } from '../../engine/losses/output';
import type { Projection, ProjectionRequest } from '../../protocol/output';
import { argmaxOfRow } from '../argmax';
import type { TrainingSetup } from '../training/trainingSetup';
import { endOfSequence } from './inspection';
import { principalPlane } from './principalComponents';

/** Maximum number of states in one projection; the work grows with their number. */
const maxStates = 1500;

/**
 * Projects the states of a layer in the captured update onto their first two principal components: whole sequences,
 * evenly chosen from the batch, including the requested one. Padding after the end of a sequence is no state.
 *
 * @throws RangeError when there is no such sequence or layer
 */
export function projectStates(setup: TrainingSetup, capture: Capture, request: ProjectionRequest): Projection {
  const { source, experiment } = setup;
  const { update, sequence, layer } = request;
  const tensor = (name: string): CapturedTensor => tensorOf(capture, name);
  const states = tensor(`h_l${layer}`);
  const [steps = 0, batch = 0, hidden = 0] = states.shape;
  if (sequence >= batch) {
    throw new RangeError(`Sequence ${sequence} doesn't exist; the batch has sequences 0 to ${batch - 1}.`);
  }
  const windowStart = Number(capture.metadata['reach'] ?? 0);
  const batchRows = chooseSequences(batch, sequence, Math.floor(maxStates / Math.max(1, steps - windowStart)));
  const places = batchRows.flatMap((batchRow) =>
    Array.from({ length: Math.max(0, endOfSequence(capture, steps, batchRow) - windowStart) }, (_, i) => ({
      batchRow,
      t: windowStart + i,
    })),
  );
  const rows = new Float64Array(places.length * hidden);
  places.forEach(({ batchRow, t }, n) => {
    const at = (t * batch + batchRow) * hidden;
    rows.set(states.data.subarray(at, at + hidden), n * hidden);
  });
  const row = places.map(({ batchRow, t }) => t * batch + batchRow);
  const isClasses = source.targetKind === 'classes';
  const symbols = source.inputKind === 'oneHot' ? tensor('inputs') : undefined;
  const outputs = tensor('outputs');
  const targets = tensor('targets');
  return {
    update,
    sequence,
    layer,
    sequenceCount: batchRows.length,
    ...principalPlane(rows, hidden),
    sequences: Int32Array.from(places, ({ batchRow }) => batchRow),
    steps: Int32Array.from(places, ({ t }) => t),
    inputs: Int32Array.from(row, (at) =>
      symbols === undefined ? -1 : argmaxOfRow(symbols.data, at * source.inputs, source.inputs),
    ),
    targets: Int32Array.from(row, (at) => (isClasses ? (targets.data[at] ?? -1) : -1)),
    topPredictions: Int32Array.from(row, (at) =>
      isClasses ? argmaxOfRow(outputs.data, at * source.outputs, source.outputs) : -1,
    ),
    values: Float64Array.from(row, (at) =>
      isClasses ? NaN : predictionOf(outputs.data[at * source.outputs] ?? NaN, experiment.loss),
    ),
  };
}

/** At most `most` sequences, evenly spaced, including the requested one. */
function chooseSequences(batch: number, requested: number, maxCount: number): readonly number[] {
  const every = Math.max(1, Math.ceil(batch / Math.max(1, maxCount)));
  const chosen = new Set([requested]);
  for (let batchRow = 0; batchRow < batch && chosen.size < Math.max(1, maxCount); batchRow += every)
    chosen.add(batchRow);
  return [...chosen].sort((a, b) => a - b);
}
