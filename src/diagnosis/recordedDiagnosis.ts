import { describedExperiment } from '../run/describedExperiment';
import { recordsOf } from '../run/records/recordsOfBatch';
import type { RecordBatch, UpdateRecord } from '../run/records/recordBatch';
import type { RunInfo } from '../run/runInfo';
import { Diagnosis } from './diagnosis';
import type { Finding } from './finding';

/** The optimizers whose class names in PyTorch begin with their names here; all others are seen as adam. */
const optimizers = ['adamw', 'adagrad', 'rmsprop', 'sgd'] as const;

/**
 * Checks a run that another program recorded against the rules that need no more than its records and its description.
 * Its findings have no remedies: there is no experiment whose keys could be changed.
 */
export class RecordedDiagnosis {
  /** Begins with the first record, which has the learning rate. */
  #diagnosis: Diagnosis | undefined;

  constructor(readonly info: RunInfo) {}

  /** Observes the next records of the run. */
  add(batch: RecordBatch): void {
    // The rules need a net and its gradients.
    if (this.info.cell === 'unknown' || this.info.noGradient !== undefined) return;
    for (const record of recordsOf(batch)) {
      this.#diagnosis ??= diagnosisFrom(record, this.info);
      // The rules compare numbers; a run that is not finite says so in its message.
      if (Number.isFinite(record.loss) && Number.isFinite(record.gradNorm)) this.#diagnosis.observe(record);
    }
  }

  /** Ends the diagnosis, as if the run ended with the records so far, and returns its findings. */
  finish(): readonly Finding[] {
    if (this.#diagnosis === undefined) return [];
    this.#diagnosis.finish();
    return this.#diagnosis.findings.map((finding) => {
      const { remedies: _, ...told } = finding;
      return told;
    });
  }
}

function diagnosisFrom({ learningRate: rate }: UpdateRecord, info: RunInfo): Diagnosis {
  const name = info.optimizer.toLowerCase();
  const experiment = describedExperiment(info, {
    optimizer: {
      kind: optimizers.find((known) => name.startsWith(known)) ?? 'adam',
      // A program that did not give its optimizer recorded no rate.
      ...(rate > 0 && rate < Infinity ? { learningRate: rate } : {}),
    },
    training: { steps: Math.max(1, info.plannedUpdates) },
  });
  return new Diagnosis(experiment, info);
}
