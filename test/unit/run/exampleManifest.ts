import { layoutVersion } from '../../../src/run/storage/runFiles';
import type { Manifest } from '../../../src/run/manifest';
import type { RecordLayout } from '../../../src/run/records/recordBatch';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';

/** The manifest of a run that has ended, by default with the layout of the example records. */
export function exampleManifest(layout?: RecordLayout): Manifest {
  const { setup: plan } = exampleTraining();
  const facts = runInfoOf(plan, undefined, '/runs/example', 1);
  return {
    format: 'unroll-run',
    version: layoutVersion,
    experiment: JSON.parse(JSON.stringify(plan.experiment)) as Manifest['experiment'],
    variant: null,
    source: '../example.rnn.json',
    git: null,
    kernels: 'reference',
    state: 'finished',
    updates: 12,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:01.000Z',
    seconds: 1.25,
    loss: 0.123456789,
    validationLoss: null,
    message: null,
    nonFinite: null,
    reason: null,
    facts: { ...facts, layout: layout ?? facts.layout } as Manifest['facts'],
  };
}
