import type { FileContent } from '../../data/files/fileContent';
import { readHeldOutTable, type HeldOutTable } from '../../data/table/heldOutTable';
import type { HeldOutPart } from '../../data/sourceContract';
import type { CsvData } from '../../experiment/schema/schema';
import {
  maxPredictionRows,
  type NoPredictions,
  type PredictionRows,
  type Predictions,
  type PredictionsRequest,
} from '../../protocol/predictions';
import { quote } from '../../text/quoting';
import type { CapturedUpdate } from '../training/training';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Pause } from '../replay/requestQueue';
import { withEarlierParameters } from '../replay/earlierParameters';
import { HeldOutEvaluation, type HeldOutPredictions } from './heldOutEvaluation';
import { heldOutRows, predictionHeader, predictionLines, type PredictionColumns } from './predictionCsv';
import { predictionPoints } from './predictionPoints';

/** A table with held-out rows. */
export interface OpenedHeldOut {
  readonly data: CsvData;
  readonly part: HeldOutPart;
  readonly table: HeldOutTable;
}

/**
 * Opens the held-out rows of a run's table; the reason why there are none as text.
 *
 * @param files the bytes of the files that the experiment names
 */
export function openHeldOut(
  { experiment, source }: Pick<TrainingSetup, 'experiment' | 'source'>,
  files: ReadonlyMap<string, FileContent>,
): OpenedHeldOut | string {
  const { data } = experiment;
  if (!('csv' in data)) return 'Only a table ("csv") has held-out rows to predict.';
  const part = source.heldOut?.();
  if (part === undefined) return 'No row is held out: set "validation" above 0, or make the table longer.';
  const bytes = files.get(data.csv);
  if (bytes === undefined) return `${quote(data.csv)} has not been read.`;
  return { data, part, table: readHeldOutTable(bytes, data, source, part) };
}

/** The columns of the CSV file of a run. */
export function predictionColumns(
  { data }: OpenedHeldOut,
  { source }: Pick<TrainingSetup, 'source'>,
): PredictionColumns {
  return { data, classNames: source.targetKind === 'classes' ? source.outputNames : undefined };
}

/** An evaluation of one update, which continues after an interruption. */
interface EvaluatedUpdate {
  readonly update: number;
  readonly evaluation: HeldOutEvaluation;
  result?: HeldOutPredictions;
}

/** Predicts the held-out rows of one replayed run: at the selected update for its picture, and at one that is saved. */
export class PredictionReader {
  #opened: OpenedHeldOut | string | undefined;
  #shown: EvaluatedUpdate | undefined;
  #saved: EvaluatedUpdate | undefined;

  constructor(
    readonly setup: TrainingSetup,
    readonly files: ReadonlyMap<string, FileContent>,
  ) {}

  /** Points of a picture of the held-out rows. */
  async points(
    captured: CapturedUpdate,
    request: PredictionsRequest,
    pause: Pause,
  ): Promise<Predictions | NoPredictions> {
    const opened = this.#open();
    if (typeof opened === 'string') return { kind: 'none', reason: opened };
    if (this.#shown?.update !== request.update) this.#shown = this.#start(opened, request.update);
    const predictions = await this.#finish(this.#shown, captured, pause);
    return predictionPoints(predictions, request, opened.data, this.setup.source.scaling);
  }

  /**
   * A part of the CSV file.
   *
   * @throws Error where there is nothing to predict
   */
  async rows(
    captured: CapturedUpdate,
    { update, from }: { readonly update: number; readonly from: number },
    pause: Pause,
  ): Promise<PredictionRows> {
    const opened = this.#open();
    if (typeof opened === 'string') throw new Error(opened);
    if (this.#saved?.update !== update) this.#saved = this.#start(opened, update);
    const predictions = await this.#finish(this.#saved, captured, pause);
    const rows = heldOutRows(predictions);
    const to = Math.min(rows, from + maxPredictionRows);
    const columns = predictionColumns(opened, this.setup);
    const header = from === 0 ? predictionHeader(columns, predictions) : '';
    if (to >= rows) this.#saved = undefined;
    return {
      text: header + predictionLines(columns, predictions, from, to),
      next: to < rows ? to : undefined,
      rows,
    };
  }

  #open(): OpenedHeldOut | string {
    return (this.#opened ??= openHeldOut(this.setup, this.files));
  }

  #start({ part, table }: OpenedHeldOut, update: number): EvaluatedUpdate {
    return { update, evaluation: new HeldOutEvaluation(this.setup.source, part, table, this.setup.experiment.loss) };
  }

  async #finish(evaluated: EvaluatedUpdate, { capture }: CapturedUpdate, pause: Pause): Promise<HeldOutPredictions> {
    const { learner } = this.setup;
    const { evaluation } = evaluated;
    // The learner has its own parameters again before another request may use it.
    while (
      evaluated.result === undefined &&
      withEarlierParameters(learner, capture, () => evaluation.advance(learner))
    ) {
      await pause();
    }
    return (evaluated.result ??= evaluation.finish());
  }
}
