import { parseExperiment } from '../experiment/parse';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import { recordsOf } from '../run/records/recordsOfBatch';
import type { RecordBatch } from '../run/records/recordBatch';
import type { RunInfo } from '../run/runInfo';
import { Diagnosis } from './diagnosis';
import type { Finding } from './finding';

/** What the optimizer of a recorded run is called here, by the beginning of its class name in PyTorch. */
const optimizers = [
  ['adamw', 'adamw'],
  ['adagrad', 'adagrad'],
  ['rmsprop', 'rmsprop'],
  ['sgd', 'sgd'],
] as const;

/**
 * Checks a run that another program recorded against the rules that need no more than its records and its description.
 * Its findings have no remedies: there is no experiment whose keys could be changed.
 */
export class RecordedDiagnosis {
  readonly #diagnosis: Diagnosis;
  #isEmpty = true;

  constructor(info: RunInfo) {
    this.#diagnosis = new Diagnosis(describedExperiment(info), info);
  }

  /** Observes the next records of the run. */
  add(batch: RecordBatch): void {
    for (const record of recordsOf(batch)) {
      this.#isEmpty = false;
      // The rules compare numbers; a run that is not finite says so in its message.
      if (Number.isFinite(record.loss) && Number.isFinite(record.gradNorm)) this.#diagnosis.observe(record);
    }
  }

  /** The findings, as if the run ended with the records so far. */
  get findings(): readonly Finding[] {
    if (this.#isEmpty) return [];
    this.#diagnosis.finish();
    return this.#diagnosis.findings.map((finding) => {
      const { remedies: _, ...told } = finding;
      return told;
    });
  }
}

/** An experiment with what is known of the run's net and optimizer. Nothing is known of its data: it has no scale and no task. */
function describedExperiment({ cell, activation, clip, optimizer, plannedUpdates }: RunInfo): ResolvedExperiment {
  const [, kind = 'adam'] = optimizers.find(([name]) => optimizer.toLowerCase().startsWith(name)) ?? [];
  const rate = Number(/learning rate (\S+)$/.exec(optimizer)?.[1]);
  const text = JSON.stringify({
    data: { sequences: [{ inputs: [[0]], targets: [[0]] }] },
    model: { cell, hidden: 1, ...(activation === 'relu' ? { activation } : {}) },
    ...(clip?.kind === 'norm' && clip.threshold > 0 ? { clip: { norm: clip.threshold } } : {}),
    optimizer: { kind, learningRate: rate > 0 && rate < Infinity ? rate : 1e-3 },
    training: { steps: Math.max(1, plannedUpdates) },
  });
  const parsed = parseExperiment(text);
  const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : parsed;
  if (resolved.kind === 'refused') throw new Error(resolved.problems[0]?.message);
  return resolved.experiment;
}
