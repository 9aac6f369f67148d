import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { filesOf } from '../../../src/data/source';
import { defaultKernelSet, openKernels } from '../../../src/engine/kernels/open';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import type { Finding } from '../../../src/diagnosis/finding';
import { parseExperiment } from '../../../src/experiment/parse';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { gradientOverLag } from '../../../src/trainer/training/gradientOverLag';
import { heldOutByTarget } from '../../../src/trainer/training/heldOutByTarget';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { Training } from '../../../src/trainer/training/training';
import { contradictionsIn } from './contradictions';

/** Folder of the samples. */
export const samples = resolve('media', 'samples');

function assertConsistent(findings: readonly Finding[]): void {
  assert.deepEqual(contradictionsIn(findings), []);
}

/**
 * The findings at the end of a run of an experiment.
 *
 * @param seen gets those of the whole run, also the ones that are withdrawn
 * @param losses gets the loss of every update
 * @throws AssertionError where two findings of one time give opposite advice about one key
 */
export function findingsOf(
  text: string,
  variant?: string,
  given: ReadonlyMap<string, Uint8Array> = new Map(),
  seen?: Set<Finding>,
  losses?: number[],
): readonly Finding[] {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const resolved = parsed.file.resolve(variant);
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  const { experiment } = resolved;
  const files = new Map(
    filesOf(experiment).map(({ path }) => [path, given.get(path) ?? readFileSync(join(samples, path))]),
  );
  const kernels = openKernels(defaultKernelSet(true));
  const prepared = prepareTraining({ experiment, files, kernels, memoryLimit: 1e9 });
  if (prepared.kind !== 'prepared') assert.fail(JSON.stringify(prepared));
  const training = new Training(prepared.setup, () => performance.now() / 1000);
  const diagnosis = new Diagnosis(prepared.setup.experiment, runInfoOf(prepared.setup, variant, undefined, 1));
  while (!training.isFinished) {
    const advance = training.advance();
    if (advance.kind === 'nonFinite') {
      losses?.push(Infinity);
      const cause = diagnosis.causeOfDivergence(advance.where);
      diagnosis.diverge(advance.where.update, cause.advice, cause);
      assertConsistent(diagnosis.findings);
      return diagnosis.findings;
    }
    diagnosis.observe(advance.record);
    losses?.push(advance.record.loss);
    assertConsistent(diagnosis.findings);
    for (const finding of diagnosis.findings) seen?.add(finding);
  }
  diagnosis.finish({
    gradientOverLag: (lag) => gradientOverLag(prepared.setup, lag),
    heldOutByTarget: () => heldOutByTarget(prepared.setup),
  });
  assertConsistent(diagnosis.findings);
  return diagnosis.findings;
}
