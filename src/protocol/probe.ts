import * as z from 'zod/mini';
import { index } from './requestSchemas';

/** Maximum number of steps of a probed sequence; of a net that trains on longer ones, that length. */
export const maxProbedSteps = 1000;
/** Maximum number of UTF-16 units of a typed text. */
export const maxTypedLength = 4000;
/** Maximum number of held-out sequences in a list. */
export const maxListedSequences = 100;

/** A sequence to walk through instead of one of the update's batch. It does not train. */
export const probe = z.discriminatedUnion('kind', [
  /** One of the held-out sequences, in the order of the data. */
  z.strictObject({ kind: z.literal('heldOut'), sequence: index }),
  /** Symbols that a person types: characters, or words between blanks. */
  z.strictObject({ kind: z.literal('text'), text: z.string().check(z.maxLength(maxTypedLength)) }),
  /** A window of a table from a row on: the line of the file at which that row begins, from 1. */
  z.strictObject({ kind: z.literal('row'), line: index }),
]);

/** See probe. */
export type Probe = Readonly<z.infer<typeof probe>>;

/** The kinds of sequences that the data of a run have besides those of its batches. */
export interface ProbeKinds {
  /** Whether sequences are held out. */
  readonly heldOut: boolean;
  /** How the targets of typed symbols follow from them, in one sentence; null where they don't. */
  readonly typedRule: string | null;
  /** The lines of the file at which the first and the last row of a table begin, from 1; null for other data. */
  readonly rows: { readonly first: number; readonly last: number } | null;
}

/** Which update. */
export const heldOutLossesRequest = z.object({ update: index });

/** The loss of each held-out sequence with the weights before an update. */
export interface HeldOutLosses {
  readonly update: number;
  /** Those with a target, the largest loss first; at most `maxListedSequences`. */
  readonly sequences: readonly HeldOutLoss[];
  /** The number of those with a target. */
  readonly count: number;
}

/** The loss of a held-out sequence. */
export interface HeldOutLoss {
  /** In the order of the data, from 0. */
  readonly sequence: number;
  /** L of this sequence alone, from the zero state. */
  readonly loss: number;
  /** Its beginning for symbols, the lines of its predicted rows for a table, otherwise its number of steps. */
  readonly label: string;
}
