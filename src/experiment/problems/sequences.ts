import type { UnplacedProblem } from './schemaProblem';
import type { KeyPath } from './problem';
import { formatCount, formatExact } from '../../text/numbers';
import { english } from '../../text/translate';

type Target = number | number[] | null;

interface Sequence {
  readonly inputs: number[][];
  readonly targets: Target[];
}

/** Cache: variants share the list of sequences of the file, unless they have their own. */
const checked = new WeakMap<readonly Sequence[], readonly UnplacedProblem[]>();

/** The first problem of inline sequences taken together: one cause gives one problem. */
export function sequenceProblems(sequences: readonly Sequence[]): readonly UnplacedProblem[] {
  const before = checked.get(sequences);
  if (before !== undefined) return before;
  const problem = missingTargets(sequences) ?? unequalInputs(sequences) ?? unequalTargets(sequences);
  const problems = problem ? [problem] : [];
  checked.set(sequences, problems);
  return problems;
}

/** The first target that is not null; null where none is. */
export function firstTarget(sequences: readonly Sequence[]): Target {
  for (const { targets } of sequences) {
    for (const target of targets) if (target !== null) return target;
  }
  return null;
}

function problemAt(keyPath: KeyPath, message: string): UnplacedProblem {
  return { code: 'inconsistent', message, keyPath: ['data', 'sequences', ...keyPath], at: 'value' };
}

function missingTargets(sequences: readonly Sequence[]): UnplacedProblem | undefined {
  for (const [index, { inputs, targets }] of sequences.entries()) {
    if (targets.length === inputs.length) continue;
    const message = english`Sequence ${index + 1} has ${formatCount(inputs.length, 'input')} and ${formatCount(targets.length, 'target')}: write one target for each step, null where there is no loss.`;
    return problemAt([index, 'targets'], message);
  }
  return undefined;
}

function unequalInputs(sequences: readonly Sequence[]): UnplacedProblem | undefined {
  const width = sequences[0]?.inputs[0]?.length ?? 0;
  for (const [index, { inputs }] of sequences.entries()) {
    const t = inputs.findIndex((row) => row.length !== width);
    if (t >= 0) {
      const message = english`This row has ${formatCount(inputs[t]?.length ?? 0, 'number')} and the first one ${formatExact(width)}: give all rows the same width.`;
      return problemAt([index, 'inputs', t], message);
    }
  }
  return undefined;
}

function unequalTargets(sequences: readonly Sequence[]): UnplacedProblem | undefined {
  let first: Exclude<Target, null> | undefined;
  for (const [index, { targets }] of sequences.entries()) {
    for (const [t, target] of targets.entries()) {
      if (target === null) continue;
      first ??= target;
      const message = mismatch(first, target);
      if (message !== undefined) return problemAt([index, 'targets', t], message);
    }
  }
  if (first !== undefined) return undefined;
  return problemAt([], english`Every target is null, so there is no loss: give at least one step a target.`);
}

function mismatch(first: Exclude<Target, null>, target: Exclude<Target, null>): string | undefined {
  if (typeof first !== typeof target) {
    const [here, there] =
      typeof target === 'number' ? ['a class', english`a row of numbers`] : [english`a row of numbers`, 'a class'];
    return english`This target is ${here} and the first one ${there}: write rows of numbers throughout (mse) or class indices throughout (crossEntropy).`;
  }
  if (typeof first === 'number' || typeof target === 'number' || first.length === target.length) return undefined;
  return english`This target has ${formatCount(target.length, 'number')} and the first one ${formatExact(first.length)}: give all targets the same width.`;
}
