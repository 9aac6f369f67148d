import assert from 'node:assert/strict';
import { filesOf, openSource, type Source } from '../../../src/data/source';
import type { Batch } from '../../../src/data/batch';
import { parseExperiment } from '../../../src/experiment/parse';
import type { KeyProblem } from '../../../src/experiment/problems/problem';
import type { ResolvedExperiment } from '../../../src/experiment/schema/schema';

/** The parts of an experiment file that a test of data sets. */
export interface Written {
  readonly data: unknown;
  readonly batch?: number;
  readonly seed?: number;
  readonly loss?: unknown;
  readonly bptt?: unknown;
}

/** An experiment over some data, resolved. */
export function experimentOver({ data, batch, seed = 1, ...rest }: Written): ResolvedExperiment {
  const training = batch === undefined ? {} : { training: { batch } };
  const parsed = parseExperiment(JSON.stringify({ data, model: { cell: 'rnn' }, seed, ...training, ...rest }));
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const outcome = parsed.file.resolve();
  assert.ok(outcome.kind === 'resolved');
  return outcome.experiment;
}

function bytesOf(experiment: ResolvedExperiment, content: string | Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return new Map(filesOf(experiment).map(({ path }) => [path, bytes]));
}

/** The source of an experiment whose data file, if it names one, has this content. */
export function opened(written: Written, content: string | Uint8Array = ''): Source {
  const experiment = experimentOver(written);
  const outcome = openSource(experiment, bytesOf(experiment, content));
  if (outcome.kind !== 'source') assert.fail(JSON.stringify(outcome));
  return outcome.source;
}

/** The only problem of an experiment's data. */
export function problemOf(written: Written, content: string | Uint8Array = ''): KeyProblem {
  const experiment = experimentOver(written);
  const outcome = openSource(experiment, bytesOf(experiment, content));
  assert.ok(outcome.kind === 'refused', 'the data was accepted');
  assert.equal(outcome.problems.length, 1, JSON.stringify(outcome.problems));
  const [objection] = outcome.problems;
  assert.ok(objection);
  return objection;
}

/** The inputs of one sequence of a batch: symbols, or rows of numbers. */
export function inputsOf(batch: Batch, sequence: number): number[][] {
  const { inputs } = batch;
  return Array.from({ length: batch.steps }, (_, t) => {
    const cell = t * batch.batch + sequence;
    if (inputs.kind === 'oneHot') return [inputs.indices[cell] ?? NaN];
    const width = inputs.values.length / (batch.steps * batch.batch);
    return [...inputs.values.subarray(cell * width, (cell + 1) * width)];
  });
}

/** The targets of one sequence of a batch: undefined where there is no loss. */
export function targetsOf(batch: Batch, sequence: number): (number | undefined)[] {
  return Array.from({ length: batch.steps }, (_, t) => {
    const cell = t * batch.batch + sequence;
    if (batch.mask[cell] === 0) return undefined;
    return batch.targets.kind === 'classes' ? batch.targets.indices[cell] : batch.targets.values[cell];
  });
}

/** Every sequence of the next `batches` batches, as [inputs, targets]. */
export function sequencesOf(source: Source, batches: number): (readonly [number[][], (number | undefined)[]])[] {
  return Array.from({ length: batches }, () => source.next()).flatMap((batch) =>
    Array.from(
      { length: batch.batch },
      (_, sequence) => [inputsOf(batch, sequence), targetsOf(batch, sequence)] as const,
    ),
  );
}
