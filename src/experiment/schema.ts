import * as z from 'zod';
import { dataSchema } from './dataSchema';
import { described, text, whole } from './fields';
import { bpttSchema, clipSchema, lossSchema, recordSchema, trainingSchema } from './learningSchema';
import { modelSchema } from './modelSchema';
import { optimizerSchema } from './optimizerSchema';

const versionError = 'write 1, the only version there is, or delete the key';

/** An experiment without its variants: what one run needs to know. */
export const experimentSchema = z.strictObject(
  {
    version: z
      .literal(1, { error: versionError })
      .default(1)
      .meta(described({ title: 'Version', text: 'Version of this file format.' }, 1)),
    name: text({ title: 'Name', text: 'What runs of this experiment are called; the name of the file if empty.' }, ''),
    notes: text({ title: 'Notes', text: 'Free text.' }, ''),
    seed: whole(
      {
        title: 'Seed',
        text: 'Starts every random draw: the same file, data and build give the same numbers bit for bit.',
      },
      0,
      4_294_967_295,
      1,
    ),
    data: dataSchema,
    model: modelSchema,
    loss: lossSchema,
    bptt: bpttSchema,
    clip: clipSchema,
    optimizer: optimizerSchema,
    training: trainingSchema,
    record: recordSchema,
  },
  { error: 'write an object with at least "data" and "model"' },
);

/** A whole experiment file. */
export const fileSchema = experimentSchema.extend({
  variants: z
    .record(
      z.string(),
      z.record(z.string(), z.unknown(), {
        error: 'write an object with the keys that differ, such as { "clip": null }',
      }),
      {
        error: 'write an object of named variants, such as { "no clipping": { "clip": null } }',
      },
    )
    .optional()
    .meta(
      described({
        title: 'Variants',
        text: 'Each is a JSON merge patch (RFC 7396) over the file: the keys that differ, `null` to delete one.',
      }),
    ),
});

/** Everything inside, read only. */
export type DeepReadonly<T> = T extends readonly (infer Element)[]
  ? number extends T['length']
    ? readonly DeepReadonly<Element>[]
    : { readonly [Index in keyof T]: DeepReadonly<T[Index]> }
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

type Written = DeepReadonly<z.output<typeof experimentSchema>>;
type WrittenData = Written['data'];
type WrittenModel = Written['model'];

/** A generated task with every parameter. */
export type TaskData = Extract<WrittenData, { readonly task: string }>;
/** Next-character prediction on a text file. */
export type TextData = Extract<WrittenData, { readonly text: string }>;
/** Prediction on the columns of a CSV file; the targets are written out. */
export type CsvData = Omit<Extract<WrittenData, { readonly csv: string }>, 'targets'> & {
  readonly targets: readonly string[];
};
/** Inline sequences: the batch is the whole list. */
export type SequencesData = Extract<WrittenData, { readonly sequences: readonly unknown[] }>;
/** The data of a resolved experiment; `'task' in data` and its like tell the kinds apart. */
export type ExperimentData = TaskData | TextData | CsvData | SequencesData;

/** The net; `activation` is there for rnn and `forgetBias` for lstm, and for no other cell. */
export type Model = Pick<WrittenModel, 'cell' | 'hidden' | 'layers' | 'init' | 'weights'> & {
  readonly activation?: Extract<WrittenModel, { readonly cell: 'rnn' }>['activation'];
  readonly forgetBias?: number;
};

/**
 * An experiment with a variant applied and every default written out; written as JSON it is an experiment file of its
 * own. `training.batch` is absent for inline sequences, whose number is the batch.
 */
export type ResolvedExperiment = Omit<Written, 'data' | 'loss' | 'model'> & {
  readonly data: ExperimentData;
  readonly model: Model;
  readonly loss: { readonly kind: 'mse' | 'crossEntropy'; readonly reduction: 'mean' | 'sum' };
};
