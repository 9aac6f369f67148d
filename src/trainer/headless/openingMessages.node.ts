import { basename } from 'node:path';
import type { RunInfo } from '../../protocol/run';
import { kernelsAt } from '../../run/kernelHistory';
import type { Manifest } from '../../run/manifest';
import { memberName } from '../../run/displayName';
import { groupSeed } from '../../run/runInfo';
import { formatComputation } from '../../text/computation';
import { formatMemoryEstimate } from '../../text/numbers';
import { truncate } from '../../text/quoting';
import { resumedKernelsNotice, runnableKernels } from '../training/runnableKernels';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Print } from './closingMessages';

/** Prints which kernels continue a run whose own ones can't run here. */
export function printKernelNotice({ facts }: Manifest, { kernels }: TrainingSetup, print: Print): void {
  const { missing } = runnableKernels(kernelsAt(facts, Infinity));
  const notice = resumedKernelsNotice({ name: kernels.name, missing });
  if (notice !== undefined) print(notice);
}

/** Prints what is trained, and what is noticeable in its data. */
export function printIntroduction(file: string, info: RunInfo, updatesDone: number, print: Print): void {
  print(introduction(file, info, updatesDone));
  for (const { level, keyPath, message } of info.dataFindings) {
    print(`${level} at ${keyPath.join('.')}: ${message}`);
  }
}

function introduction(file: string, info: RunInfo, updatesDone: number): string {
  const name = info.name || basename(file).replace(/\.rnn\.json$/i, '');
  // As written: what a terminal would obey is escaped where it is printed, so that it is seen.
  const member = memberName(info.variant, groupSeed(info), (name) => name);
  const from = updatesDone > 0 ? `, resuming after update ${updatesDone}` : '';
  return (
    `${truncate(name)}${member === undefined ? '' : ` (${truncate(member)})`}: ${info.cell}, ` +
    `${info.parameterCount} parameters, T = ${info.steps}, B = ${info.batch}, ` +
    `${formatMemoryEstimate(info.memoryBytes)} of memory, ${formatComputation(info)}${from}.`
  );
}
