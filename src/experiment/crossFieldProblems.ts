import type { z } from 'zod';
import type { UnplacedProblem } from './schemaProblem';
import type { KeyPath } from './problem';
import type { experimentSchema } from './schema';
import { firstTarget, sequenceProblems } from './sequences';
import { formatExact } from '../text/numbers';

/** An experiment whose every key is right by itself. */
export type ValidExperiment = z.output<typeof experimentSchema>;

/** The loss that the data needs: numbers are compared by squares, classes by cross-entropy. */
export function lossOf(data: ValidExperiment['data']): 'mse' | 'crossEntropy' {
  if ('csv' in data) return 'mse';
  if ('text' in data) return 'crossEntropy';
  if ('sequences' in data) {
    return typeof firstTarget(data.sequences) === 'number' ? 'crossEntropy' : 'mse';
  }
  switch (data.task) {
    case 'adding':
    case 'delay':
    case 'sine':
      return 'mse';
    case 'copy':
    case 'temporalOrder':
    case 'parity':
    case 'echo':
    case 'reber':
      return 'crossEntropy';
    default:
      return data satisfies never;
  }
}

/** What is wrong with how the keys of an experiment go together, each of them being right by itself. */
export function crossFieldProblems(experiment: ValidExperiment): readonly UnplacedProblem[] {
  const data = dataComplaints(experiment.data);
  return [
    ...data,
    ...(data.length > 0 ? [] : lossComplaints(experiment)),
    ...optimizerComplaints(experiment),
    ...batchComplaints(experiment),
  ];
}

function inconsistent(keyPath: KeyPath, message: string): UnplacedProblem {
  return { code: 'inconsistent', message, keyPath, at: 'value' };
}

function lossComplaints({ data, loss }: ValidExperiment): readonly UnplacedProblem[] {
  const kind = typeof loss === 'string' ? loss : loss.kind;
  const needed = lossOf(data);
  if (kind === undefined || kind === needed) return [];
  const has =
    needed === 'mse' ? 'are numbers, which crossEntropy cannot compare' : 'are classes, which mse cannot compare';
  const message = `The loss is "${kind}", but the targets of this data ${has}: write "${needed}", or delete the key.`;
  return [inconsistent(typeof loss === 'string' ? ['loss'] : ['loss', 'kind'], message)];
}

function optimizerComplaints({ optimizer }: ValidExperiment): readonly UnplacedProblem[] {
  if (optimizer.kind !== 'sgd' || !optimizer.nesterov || optimizer.momentum > 0) return [];
  const message =
    '"nesterov" is true, but "momentum" is 0: give a momentum above 0, such as 0.9, or delete "nesterov".';
  return [inconsistent(['optimizer', 'nesterov'], message)];
}

function batchComplaints({ data, training }: ValidExperiment): readonly UnplacedProblem[] {
  if (!('sequences' in data) || training.batch === undefined) return [];
  const message = `"batch" is ${formatExact(training.batch)}, but inline sequences are one batch by themselves, here of ${formatExact(data.sequences.length)}: delete the key.`;
  return [{ code: 'unfittingKey', message, keyPath: ['training', 'batch'], at: 'key' }];
}

type Length = number | [number, number];
const shortest = (length: Length): number => (typeof length === 'number' ? length : length[0]);

function dataComplaints(data: ValidExperiment['data']): readonly UnplacedProblem[] {
  if ('sequences' in data) return sequenceProblems(data.sequences);
  if (!('task' in data)) return [];
  switch (data.task) {
    case 'copy':
    case 'reber':
      return [];
    case 'delay':
      return lengthComplaints(data, data.lag + 1, `a "lag" of ${formatExact(data.lag)}`);
    case 'echo':
      return echoComplaints(data);
    case 'adding':
    case 'temporalOrder':
    case 'parity':
    case 'sine':
      return lengthComplaints(data, 1, '');
    default:
      return data satisfies never;
  }
}

function echoComplaints(data: Extract<ValidExperiment['data'], { task: 'echo' }>): readonly UnplacedProblem[] {
  const [near, far] = data.lags;
  if (near >= far) {
    const message = `"lags" are ${formatExact(near)} and ${formatExact(far)}: write two different ones, the shorter first, such as [3, 8].`;
    return [inconsistent(['data', 'lags'], message)];
  }
  return lengthComplaints(data, far + 1, `"lags" of ${formatExact(near)} and ${formatExact(far)}`);
}

function lengthComplaints(
  data: { readonly length: Length; readonly validation?: { readonly length: Length } | undefined },
  least: number,
  reason: string,
): readonly UnplacedProblem[] {
  const lengths: [KeyPath, Length][] = [[['data', 'length'], data.length]];
  if (data.validation) lengths.push([['data', 'validation', 'length'], data.validation.length]);
  return lengths.flatMap(([keyPath, length]) => {
    if (typeof length !== 'number' && length[0] > length[1]) {
      const message = `"length" is [${length[0]}, ${length[1]}], the longest before the shortest: write [${length[1]}, ${length[0]}].`;
      return [inconsistent(keyPath, message)];
    }
    if (shortest(length) >= least) return [];
    const message = `"length" is ${formatExact(shortest(length))}, too short for ${reason} to matter: write at least ${formatExact(least)}.`;
    return [inconsistent(keyPath, message)];
  });
}
