import * as z from 'zod/mini';
import type { PredictionErrors } from '../text/predictionErrors';
import { index } from './requestSchemas';

/** Most points in a reply: rows beyond them are merged, as no picture has that many pixels. */
export const maxPredictionPoints = 2000;

/** Most rows in a part of the CSV file. */
export const maxPredictionRows = 10_000;

/** Which update, which target column, and which of the rows; a missing end is that of the table. */
export const predictionsRequest = z.object({
  update: index,
  column: index,
  from: index,
  to: z.optional(index),
});

/** See predictionsRequest. */
export type PredictionsRequest = Readonly<z.infer<typeof predictionsRequest>>;

/** The lowest and the highest of the values that a point merges; both are the value of a single row. NaN for none. */
export interface PointRange {
  /** (N) */
  readonly least: Float64Array;
  /** (N) */
  readonly most: Float64Array;
}

/**
 * The held-out rows of a table with the predictions of the net as it was before the update, in the unit of the data;
 * classes are indices. Rows count from the lead-in: training rows that the net reads before its first prediction.
 */
export interface Predictions {
  readonly kind: 'predictions';
  readonly update: number;
  readonly column: number;
  /** The names of the target columns. */
  readonly names: readonly string[];
  /** The name of the time column; undefined without one. */
  readonly timeName: string | undefined;
  /** Rows, the lead-in included. */
  readonly rows: number;
  /** Rows of the lead-in. */
  readonly lead: number;
  /** Rows from an input to its target. */
  readonly horizon: number;
  /** Rows that a window reads before its first prediction, except at the start of a sequence. */
  readonly warmUp: number;
  readonly errors: PredictionErrors;
  /** The rows of the points: from the first to the last, exclusive. */
  readonly from: number;
  readonly to: number;
  /** Rows that a point merges, fewer in the last one; of classes it shows the most frequent. */
  readonly rowsPerPoint: number;
  /** (N) the line in the file of the first row of each point, from 1. */
  readonly lines: Int32Array;
  /** (N) the text of its time column; undefined without one. */
  readonly times: readonly string[] | undefined;
  readonly truth: PointRange;
  readonly predicted: PointRange;
  readonly persistence: PointRange;
  /** (N) the number of its rows with a value and a prediction, and of those with a correct one. */
  readonly counts: Int32Array;
  readonly correct: Int32Array;
  /** (N) 1 where all rows of the point are predicted after fewer than `warmUp` rows of their sequence. */
  readonly isEarly: Uint8Array;
  /** Number of held-out sequences; 1 in a table without a column of sequences. */
  readonly sequenceCount: number;
  /** The first row and the name of the sequences that begin in these rows, or at them; at most as many as points. */
  readonly sequences: readonly { readonly row: number; readonly name: string | undefined }[];
}

/** Why there are no predictions to show. */
export interface NoPredictions {
  readonly kind: 'none';
  readonly reason: string;
}

/** Which update, and the first of at most `maxPredictionRows` held-out rows. */
export const predictionRowsRequest = z.object({ update: index, from: index });

/** A part of the predictions as CSV. */
export interface PredictionRows {
  /** Lines of the CSV file, the header before the first row. */
  readonly text: string;
  /** The first row of the next part; undefined after the last one. */
  readonly next: number | undefined;
  /** Number of held-out rows. */
  readonly rows: number;
}
