import * as z from 'zod';
import { cellNames } from '../experiment/schema/modelSchema';
import { maxSeeds } from '../experiment/schema/seedsSchema';
import { kernelChangeSchema } from './kernelHistory';
import { isBounded, maxNames } from './records/layoutBounds';

const size = z.number().int().nonnegative();

/** A manifest may come from an untrusted source: the size of its layout is limited as that of records. */
const layoutSchema = z
  .object({
    parameters: z.array(z.string()).max(maxNames),
    layers: size,
    steps: size,
    hasCellState: z.boolean(),
    saturating: z.array(z.string()).max(maxNames),
    metrics: z.array(z.string()).max(maxNames).optional(),
    isSparse: z.boolean().optional(),
  })
  .refine(isBounded);

/** A column was rescaled as value ↦ (value − shift) / scale. */
const rescalingSchema = z.object({ shift: z.number(), scale: z.number().nonnegative() });

/** Most columns whose rescalings are stored: a manifest with more would be too large to be read. */
export const maxStoredColumns = 4096;

/** Most resumes whose updates are stored. */
export const maxStoredResumes = 1000;

/** Rescalings of the columns of a table; an indicator of missing values has shift 0 and scale 1. */
const scalingSchema = z.object({
  kind: z.enum(['standard', 'minmax', 'none']),
  inputs: z.array(rescalingSchema).max(maxStoredColumns),
  /** None for classes. */
  targets: z.array(rescalingSchema).max(maxStoredColumns),
});

/** Longest list of the curves that an imported run does not have. */
export const maxLeftOut = 200;

/** A run that was made of a log of another program: curves, and nothing about its net and its data. */
const importedSchema = z.object({
  format: z.enum(['tensorboard', 'csv', 'jsonl']),
  /** The name of the log's file or folder. */
  log: z.string().max(1000),
  /** What numbers the updates: the name of a column, `step`, or `row`. */
  step: z.string().max(300),
  /** The name in the log of each curve that the run has, by what it is. */
  curves: z.record(z.string(), z.string()),
  /** The names of the curves that it does not have, the first of them. */
  leftOut: z.array(z.string()).max(maxLeftOut),
});

/** See RunInfo. */
export const runInfoSchema = z.object({
  /**
   * The program that trained the run, such as `PyTorch 2.5.1`; absent if Unroll did. Unroll can't compute an update of
   * such a run again, nor resume it.
   */
  recordedBy: z.string().max(100).optional(),
  /**
   * Why no gradient is recorded, as a sentence without its full stop, such as `Keras gives callbacks no gradients`; only of
   * a run that another program recorded.
   */
  noGradient: z.string().max(300).optional(),
  /** Of a run that was imported from a log; its sizes are 0, as they are not known. */
  imported: importedSchema.optional(),
  /** The experiment's name. */
  name: z.string(),
  variant: z.string().nullable(),
  notes: z.string(),
  seed: z.number(),
  /**
   * The seeds of the group of which it is one; none if its experiment has no `seeds`. Runs of earlier versions have none.
   */
  seeds: z.array(z.number()).max(maxSeeds).default([]),
  /**
   * A name that this version doesn't know is refused: another cell's equations would be shown for it. `unknown` only of a
   * run that was imported from a log or recorded by another program.
   */
  cell: z.enum([...cellNames, 'unknown']),
  /** φ of the vanilla RNN, null for other cells. */
  activation: z.string().nullable(),
  inputs: size,
  hidden: size,
  layerCount: size,
  outputs: size,
  /** Number of trained parameters. */
  parameterCount: size,
  /** T of the longest window. */
  steps: size,
  batch: size,
  /** A short description of the data. */
  data: z.string(),
  /** SHA-256 of the data file, in hexadecimal; null for data without a file. Runs of earlier versions have none. */
  dataDigest: z.string().nullable().default(null),
  loss: z.object({
    /** `other` only of a run that another program recorded. */
    kind: z.enum(['mse', 'crossEntropy', 'other']),
    reduction: z.enum(['mean', 'sum']),
    /** Of mse; linear if absent, as in runs of earlier versions. */
    output: z.enum(['linear', 'sigmoid']).optional(),
  }),
  bptt: z.union([z.literal('full'), z.object({ forward: size, backward: size })]),
  clip: z.object({ kind: z.enum(['norm', 'value', 'hidden']), threshold: z.number() }).nullable(),
  /** A short description of optimizer, rate and schedule. */
  optimizer: z.string(),
  /** 0 where they are not known, of a run that another program recorded. */
  plannedUpdates: size,
  recordEvery: size.min(1),
  validateEvery: size,
  /** Baselines of the loss, in the unit of the reported loss, with the source of each. */
  baselines: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      source: z.string(),
      heldOut: z.boolean().optional(),
      answer: z.enum(['constant', 'persistence', 'seasonal']).optional(),
    }),
  ),
  /** See DataScale; null for generated and one-hot data. Runs of earlier versions have none. */
  dataScale: z.object({ inputs: z.number(), targets: z.number() }).nullable().default(null),
  /** How the columns of a table were rescaled; null for other data and for thousands of columns. Runs of earlier versions have none. */
  scaling: scalingSchema.nullable().default(null),
  /** What was noticeable in the data before training; see DataFinding. Runs of earlier versions have none. */
  dataFindings: z
    .array(
      z.object({
        code: z.string(),
        level: z.enum(['warning', 'hint']),
        keyPath: z.array(z.string()),
        message: z.string(),
      }),
    )
    .default([]),
  /** Steps that the task requires to remember, if known. */
  lag: size.nullable(),
  /** Kernel set that computed the first update. */
  kernels: z.string(),
  /** Changes of the kernel set, in the order of their updates. Runs of earlier versions have none. */
  kernelChanges: z.array(kernelChangeSchema).default([]),
  /** The updates before which the run was resumed, in their order. Runs of earlier versions have none. */
  resumedAt: z.array(size).max(maxStoredResumes).default([]),
  /**
   * Parts that each batch is split into; with the kernel set it determines the last bits. Earlier versions did not
   * split.
   */
  shards: size.min(1).default(1),
  /** Number of threads at the start of the run; it affects the speed only. */
  workers: size.min(1).default(1),
  /** Estimated peak memory of the trainer, in bytes. */
  memoryBytes: z.number().nonnegative(),
  /** Folder of the run; null if the run is not saved. */
  folder: z.string().nullable(),
  layout: layoutSchema,
});

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The facts about a run that are known before its first update and do not change; part of the run's manifest. */
export type RunInfo = DeepReadonly<z.infer<typeof runInfoSchema>>;

/** The seed of a run that is one of a group of seeds; undefined for any other run. */
export function groupSeed({ seed, seeds }: Pick<RunInfo, 'seed' | 'seeds'>): number | undefined {
  return seeds.length === 0 ? undefined : seed;
}
