import type { z } from 'zod';
import { deletionOf, type UnplacedProblem } from './schemaProblem';
import type { Fix } from './fix';
import type { KeyPath } from './problem';
import type { experimentSchema } from '../schema/schema';
import { expectationProblems } from './expectationProblems';
import { firstTarget, sequenceProblems } from './sequences';
import { mayBeClasses, usesWholeSequences } from './tableTargets';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import { english } from '../../text/translate';

/** An experiment in which every key is valid on its own. */
export type ValidExperiment = z.output<typeof experimentSchema>;

/** A table as it is written. */
type WrittenTable = Extract<ValidExperiment['data'], { csv: string }>;

/**
 * The loss that fits the data: `mse` for targets that are numbers, `crossEntropy` for classes; undefined where only the
 * table tells.
 */
export function lossOf(data: ValidExperiment['data']): 'mse' | 'crossEntropy' | undefined {
  if ('csv' in data) return tableLoss(data);
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

function tableLoss({ classes, targets, inputs }: WrittenTable): 'mse' | 'crossEntropy' | undefined {
  if (classes !== undefined) return classes ? 'crossEntropy' : 'mse';
  return mayBeClasses(inputs, targets) ? undefined : 'mse';
}

/** Problems between the keys of an experiment whose keys are each valid on their own. */
export function crossFieldProblems(experiment: ValidExperiment): readonly UnplacedProblem[] {
  const data = dataProblems(experiment.data);
  return [
    ...data,
    ...(data.length > 0 ? [] : lossProblems(experiment)),
    ...optimizerProblems(experiment),
    ...batchProblems(experiment),
    ...patienceProblems(experiment),
    ...(data.length > 0 ? [] : expectationProblems(experiment, lossKindOf(experiment))),
  ];
}

/** The loss that is trained; undefined where only the table tells. */
function lossKindOf({ data, loss }: ValidExperiment): 'mse' | 'crossEntropy' | undefined {
  if (typeof loss === 'string') return loss;
  return loss.kind ?? (loss.output === undefined ? lossOf(data) : 'mse');
}

function inconsistent(keyPath: KeyPath, message: string): UnplacedProblem {
  return { code: 'inconsistent', message, keyPath, at: 'value' };
}

function lossProblems({ data, loss }: ValidExperiment): readonly UnplacedProblem[] {
  const kind = typeof loss === 'string' ? loss : loss.kind;
  const needed = lossOf(data);
  if (kind === undefined || needed === undefined || kind === needed) {
    return (kind ?? needed) === 'crossEntropy' ? unfittingOutput(loss) : [];
  }
  const [wants, are] = needed === 'mse' ? ['classes', 'numbers'] : ['numbers', 'classes'];
  const other = targetAdvice(data);
  const message = english`Loss "${kind}" needs ${wants}, but the targets of this data are ${are}: write "${needed}"${other === undefined ? english`, or delete the key` : english`, or ${other}`}.`;
  const keyPath = typeof loss === 'string' ? ['loss'] : ['loss', 'kind'];
  const fix: Fix = { title: english`Write "${needed}"`, changes: [{ kind: 'set', keyPath, value: needed }] };
  return [{ ...inconsistent(keyPath, message), fixes: [fix] }];
}

/** An output of squared errors, where the loss is cross-entropy. */
function unfittingOutput(loss: ValidExperiment['loss']): readonly UnplacedProblem[] {
  if (typeof loss === 'string' || loss.output === undefined) return [];
  const message = english`"output" is ${quote(loss.output)}, but the loss is "crossEntropy", which takes the softmax of the outputs; only "mse" has an output of another kind. Delete the key.`;
  const keyPath = ['loss', 'output'];
  return [{ code: 'unfittingKey', message, keyPath, at: 'key', fixes: [deletionOf(keyPath)] }];
}

/** How to write inline targets for the other loss: a class by its index, a number in a row. */
function targetAdvice(data: ValidExperiment['data']): string | undefined {
  if (!('sequences' in data)) return undefined;
  const target = firstTarget(data.sequences);
  if (typeof target === 'number') return english`write each target as a row of numbers, such as [${target}]`;
  if (target === null) return undefined;
  const index = target.indexOf(1);
  const isOneHot = target.length > 1 && target.filter((value) => value !== 0).length === 1 && index >= 0;
  return isOneHot
    ? english`write each target as a class index from 0, such as ${index} for ${row(target)}`
    : english`write each target as a class index from 0, such as 2`;
}

/** A row of numbers as JSON writes it, shortened where it is long. */
function row(values: readonly number[]): string {
  return `[${values.slice(0, 8).join(', ')}${values.length > 8 ? ', …' : ''}]`;
}

function optimizerProblems({ optimizer }: ValidExperiment): readonly UnplacedProblem[] {
  return [...momentumProblems(optimizer), ...plateauProblems(optimizer)];
}

function plateauProblems({ schedule, learningRate }: ValidExperiment['optimizer']): readonly UnplacedProblem[] {
  if (schedule === 'constant' || !('plateau' in schedule)) return [];
  const { minLearningRate } = schedule.plateau;
  if (minLearningRate < learningRate || minLearningRate === 0) return [];
  const message = english`"minLearningRate" is ${formatExact(minLearningRate)}, but "learningRate" is ${formatExact(learningRate)}, so that the schedule could never reduce it: write a smaller number, or delete the key for 0.`;
  return [inconsistent(['optimizer', 'schedule', 'plateau', 'minLearningRate'], message)];
}

function momentumProblems(optimizer: ValidExperiment['optimizer']): readonly UnplacedProblem[] {
  if (optimizer.kind !== 'sgd' || !optimizer.nesterov || optimizer.momentum > 0) return [];
  const message = english`"nesterov" is true, but "momentum" is 0: give a momentum above 0, such as 0.9, or delete "nesterov".`;
  return [inconsistent(['optimizer', 'nesterov'], message)];
}

function batchProblems({ data, training }: ValidExperiment): readonly UnplacedProblem[] {
  if (!('sequences' in data) || training.batch === undefined) return [];
  const message = english`"batch" is ${formatExact(training.batch)}, but inline sequences are always one batch, here of ${formatExact(data.sequences.length)}: delete the key.`;
  const keyPath = ['training', 'batch'];
  return [{ code: 'unfittingKey', message, keyPath, at: 'key', fixes: [deletionOf(keyPath)] }];
}

/** Early stopping needs validation losses. */
function patienceProblems({ data, training }: ValidExperiment): readonly UnplacedProblem[] {
  if (training.patience === undefined) return [];
  const keyPath = ['training', 'patience'];
  if (training.validateEvery === 0) {
    const message = english`"patience" counts validations, but "validateEvery" is 0, so that none is made: write the updates between two, such as 100, or delete "patience".`;
    return [inconsistent(keyPath, message)];
  }
  const isHeldOut = !('sequences' in data) && !('validation' in data && data.validation === 0);
  if (isHeldOut) return [];
  const message =
    'sequences' in data
      ? english`"patience" counts validations, but inline sequences have no part that is held out: delete the key.`
      : english`"patience" counts validations, but "data.validation" is 0, so that nothing is held out: write a fraction such as 0.1 there, or delete "patience".`;
  return [inconsistent(keyPath, message)];
}

function tableProblems(data: WrittenTable): readonly UnplacedProblem[] {
  const { inputs, targets, classes, horizon, length, time, sequence } = data;
  const problems: UnplacedProblem[] = [];
  if (classes === true && !mayBeClasses(inputs, targets)) {
    const message = english`"classes" is true, but classes are predicted for a single column that is no input: name it in "targets".`;
    problems.push(inconsistent(targets === undefined ? ['data', 'classes'] : ['data', 'targets'], message));
  }
  const asTarget = targets === undefined ? inputs : inputs.filter((name) => targets.includes(name));
  const [both] = asTarget;
  if (horizon === 0 && both !== undefined) {
    const message = english`"horizon" is 0, but ${quote(both)} is input and target: the target would be its own input. Write 1 or more, or use other inputs.`;
    problems.push(inconsistent(['data', 'horizon'], message));
  }
  if (usesWholeSequences(data)) {
    if (length !== undefined) {
      const message = english`"length" has no effect: with "sequence" and a target at the last step, every sequence is used whole. Delete the key.`;
      const keyPath = ['data', 'length'];
      problems.push({ code: 'unfittingKey', message, keyPath, at: 'key', fixes: [deletionOf(keyPath)] });
    }
    if (horizon === undefined && both !== undefined) {
      const message = english`${quote(both)} is input and target, and the target is in the last row of the inputs: write a "horizon" of 1 or more, or use other inputs.`;
      problems.push(inconsistent(['data', targets === undefined ? 'inputs' : 'targets'], message));
    }
  }
  for (const [key, name] of [
    ['time', time],
    ['sequence', sequence],
  ] as const) {
    if (name === undefined || targets?.includes(name) !== true) continue;
    const message = english`${quote(name)} is a target and the column of ${key === 'time' ? 'times' : 'sequences'}: use another target.`;
    problems.push(inconsistent(['data', 'targets'], message));
  }
  return problems;
}

type Length = number | [number, number];
const shortest = (length: Length): number => (typeof length === 'number' ? length : length[0]);

function dataProblems(data: ValidExperiment['data']): readonly UnplacedProblem[] {
  if ('sequences' in data) return sequenceProblems(data.sequences);
  if ('csv' in data) return tableProblems(data);
  if (!('task' in data)) return [];
  switch (data.task) {
    case 'copy':
    case 'reber':
      return [];
    case 'delay':
      return lengthProblems(data, data.lag + 1, english`a "lag" of ${formatExact(data.lag)}`);
    case 'echo':
      return echoProblems(data);
    case 'adding':
    case 'temporalOrder':
    case 'parity':
    case 'sine':
      return lengthProblems(data, 1, '');
    default:
      return data satisfies never;
  }
}

function echoProblems(data: Extract<ValidExperiment['data'], { task: 'echo' }>): readonly UnplacedProblem[] {
  const [near, far] = data.lags;
  if (near >= far) {
    const message = english`"lags" are ${formatExact(near)} and ${formatExact(far)}: write two different lags, the shorter first, such as [3, 8].`;
    return [inconsistent(['data', 'lags'], message)];
  }
  return lengthProblems(data, far + 1, english`"lags" of ${formatExact(near)} and ${formatExact(far)}`);
}

function lengthProblems(
  data: { readonly length: Length; readonly validation?: { readonly length: Length } | undefined },
  minimum: number,
  reason: string,
): readonly UnplacedProblem[] {
  const lengths: [KeyPath, Length][] = [[['data', 'length'], data.length]];
  if (data.validation) lengths.push([['data', 'validation', 'length'], data.validation.length]);
  return lengths.flatMap(([keyPath, length]) => {
    if (typeof length !== 'number' && length[0] > length[1]) {
      const message = english`"length" is [${length[0]}, ${length[1]}], the longest before the shortest: write [${length[1]}, ${length[0]}].`;
      return [inconsistent(keyPath, message)];
    }
    if (shortest(length) >= minimum) return [];
    const message = english`"length" is ${formatExact(shortest(length))}, too short for ${reason}: write at least ${formatExact(minimum)}.`;
    return [inconsistent(keyPath, message)];
  });
}
