import * as z from 'zod';
import { dataSchema } from './dataSchema';
import { expectSchema } from './expectSchema';
import { describe, text, integer } from './fields';
import { bpttSchema, clipSchema, lossSchema, recordSchema, trainingSchema } from './learningSchema';
import { modelSchema } from './modelSchema';
import { openSchema } from './openSchema';
import { optimizerSchema } from './optimizerSchema';
import { maxSeed } from './seedLimits';
import { seedsSchema } from './seedsSchema';

const versionError = 'write 1, the only version, or delete the key';

/** An experiment without its variants: all that one run needs. */
export const experimentSchema = z.strictObject(
  {
    version: z
      .literal(1, { error: versionError })
      .default(1)
      .meta(describe({ title: 'Version', text: 'Version of this file format.' }, 1)),
    name: text(
      { title: 'Name', text: 'Name of the runs of this experiment. Leave empty to use the name of the file.' },
      '',
    ),
    notes: text({ title: 'Notes', text: 'Notes of your own; they have no effect on training.' }, ''),
    seed: integer(
      {
        title: 'Seed',
        text: 'Seed of the random numbers: the same file, data and build give the same results, bit for bit.',
      },
      0,
      maxSeed,
      1,
    ),
    seeds: seedsSchema,
    data: dataSchema,
    model: modelSchema,
    loss: lossSchema,
    bptt: bpttSchema,
    clip: clipSchema,
    optimizer: optimizerSchema,
    training: trainingSchema,
    record: recordSchema,
    expect: expectSchema,
    open: openSchema,
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
      describe({
        title: 'Variants',
        text: 'Experiments that differ in some keys. Each is a JSON merge patch (RFC 7396) of this file: the keys that differ, `null` to delete one.',
      }),
    ),
});

/** A type with all of its properties and elements read-only. */
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

/** What an experiment expects of its runs. */
export type Expectations = NonNullable<Written['expect']>;

/** A generated task with every parameter. */
export type TaskData = Extract<WrittenData, { readonly task: string }>;
/** Next-character prediction on a text file. */
export type TextData = Extract<WrittenData, { readonly text: string }>;
/** Prediction on the columns of a CSV file; the targets and the horizon are written out. */
export type CsvData = Omit<Extract<WrittenData, { readonly csv: string }>, 'targets' | 'horizon'> & {
  readonly targets: readonly string[];
  readonly horizon: number;
};
/** Inline sequences: the batch is the whole list. */
export type SequencesData = Extract<WrittenData, { readonly sequences: readonly unknown[] }>;
/** The data of a resolved experiment; `'task' in data` and the like narrow the kind. */
export type ExperimentData = TaskData | TextData | CsvData | SequencesData;

/** The net; only rnn has `activation`, and only lstm has `forgetBias`. */
export type Model = Pick<WrittenModel, 'cell' | 'hidden' | 'layers' | 'init' | 'weights'> & {
  readonly activation?: Extract<WrittenModel, { readonly cell: 'rnn' }>['activation'];
  readonly forgetBias?: number;
};

/**
 * An experiment with a variant applied and every default written out; as JSON it is a valid experiment file.
 * `training.batch` is absent for inline sequences, whose number is the batch size. It is one run: `seed` is its own, and
 * there are no `seeds`.
 */
export type ResolvedExperiment = Omit<Written, 'data' | 'loss' | 'model' | 'seeds'> & {
  readonly data: ExperimentData;
  readonly model: Model;
  /** Only mse has `output`. */
  readonly loss: {
    readonly kind: 'mse' | 'crossEntropy';
    readonly reduction: 'mean' | 'sum';
    readonly output?: 'linear' | 'sigmoid';
  };
};
