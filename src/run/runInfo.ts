import * as z from 'zod/mini';
import { cellNames } from '../experiment/schema/cellNames';
import { maxSeeds } from '../experiment/schema/seedLimits';
import { kernelChangeSchema } from './kernelHistory';
import { isBounded, maxNames } from './records/layoutBounds';

const size = z.int().check(z.nonnegative());

/** A manifest may come from an untrusted source: the size of its layout is limited as that of records. */
const layoutSchema = z
  .object({
    parameters: z.array(z.string()).check(z.maxLength(maxNames)),
    layers: size,
    steps: size,
    hasCellState: z.boolean(),
    saturating: z.array(z.string()).check(z.maxLength(maxNames)),
    metrics: z.optional(z.array(z.string()).check(z.maxLength(maxNames))),
    isSparse: z.optional(z.boolean()),
  })
  .check(z.refine(isBounded));

/** A column was rescaled as value ↦ (value − shift) / scale. */
const rescalingSchema = z.object({ shift: z.number(), scale: z.number().check(z.nonnegative()) });

/** Most columns whose rescalings are stored: a manifest with more would be too large to be read. */
export const maxStoredColumns = 4096;

/** Most resumes whose updates are stored. */
export const maxStoredResumes = 1000;

/** Rescalings of the columns of a table; an indicator of missing values has shift 0 and scale 1. */
const scalingSchema = z.object({
  kind: z.enum(['standard', 'minmax', 'none']),
  inputs: z.array(rescalingSchema).check(z.maxLength(maxStoredColumns)),
  /** None for classes. */
  targets: z.array(rescalingSchema).check(z.maxLength(maxStoredColumns)),
});

/** Longest list of the curves that an imported run does not have. */
export const maxLeftOut = 200;

/** A run that was made of a log of another program: curves, and nothing about its net and its data. */
const importedSchema = z.object({
  format: z.enum(['tensorboard', 'csv', 'jsonl']),
  /** The name of the log's file or folder. */
  log: z.string().check(z.maxLength(1000)),
  /** What numbers the updates: the name of a column, `step`, or `row`. */
  step: z.string().check(z.maxLength(300)),
  /** The name in the log of each curve that the run has, by what it is. */
  curves: z.record(z.string(), z.string()),
  /** The names of the curves that it does not have, the first of them. */
  leftOut: z.array(z.string()).check(z.maxLength(maxLeftOut)),
});

/** See RunInfo. */
export const runInfoSchema = z.object({
  /**
   * The program that trained the run, such as `PyTorch 2.5.1`; absent if Unroll did. Unroll can't compute an update of
   * such a run again, nor resume it.
   */
  recordedBy: z.optional(z.string().check(z.maxLength(100))),
  /**
   * Why no gradient is recorded, as a sentence without its full stop, such as `Keras gives callbacks no gradients`; only of
   * a run that another program recorded.
   */
  noGradient: z.optional(z.string().check(z.maxLength(300))),
  /** Of a run that was imported from a log; its sizes are 0, as they are not known. */
  imported: z.optional(importedSchema),
  /** The experiment's name. */
  name: z.string(),
  variant: z.nullable(z.string()),
  notes: z.string(),
  seed: z.number(),
  /**
   * The seeds of the group of which it is one; none if its experiment has no `seeds`. Runs of earlier versions have none.
   */
  seeds: z._default(z.array(z.number()).check(z.maxLength(maxSeeds)), []),
  /**
   * A name that this version doesn't know is refused: another cell's equations would be shown for it. `unknown` only of a
   * run that was imported from a log or recorded by another program.
   */
  cell: z.enum([...cellNames, 'unknown']),
  /** φ of the vanilla RNN, null for other cells. */
  activation: z.nullable(z.string()),
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
  dataDigest: z._default(z.nullable(z.string()), null),
  loss: z.object({
    /** `other` only of a run that another program recorded. */
    kind: z.enum(['mse', 'crossEntropy', 'other']),
    reduction: z.enum(['mean', 'sum']),
    /** Of mse; linear if absent, as in runs of earlier versions. */
    output: z.optional(z.enum(['linear', 'sigmoid'])),
  }),
  bptt: z.union([z.literal('full'), z.object({ forward: size, backward: size })]),
  clip: z.nullable(z.object({ kind: z.enum(['norm', 'value', 'hidden']), threshold: z.number() })),
  /** A short description of optimizer, rate and schedule. */
  optimizer: z.string(),
  /** 0 where they are not known, of a run that another program recorded. */
  plannedUpdates: size,
  recordEvery: size.check(z.minimum(1)),
  validateEvery: size,
  /** Baselines of the loss, in the unit of the reported loss, with the source of each. */
  baselines: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      source: z.string(),
      heldOut: z.optional(z.boolean()),
      answer: z.optional(z.enum(['constant', 'persistence', 'seasonal'])),
    }),
  ),
  /** See DataScale; null for generated and one-hot data. Runs of earlier versions have none. */
  dataScale: z._default(z.nullable(z.object({ inputs: z.number(), targets: z.number() })), null),
  /** How the columns of a table were rescaled; null for other data and for thousands of columns. Runs of earlier versions have none. */
  scaling: z._default(z.nullable(scalingSchema), null),
  /** What was noticeable in the data before training; see DataFinding. Runs of earlier versions have none. */
  dataFindings: z._default(
    z.array(
      z.object({
        code: z.string(),
        level: z.enum(['warning', 'hint']),
        keyPath: z.array(z.string()),
        message: z.string(),
      }),
    ),
    [],
  ),
  /** Steps that the task requires to remember, if known. */
  lag: z.nullable(size),
  /** Kernel set that computed the first update. */
  kernels: z.string(),
  /** Changes of the kernel set, in the order of their updates. Runs of earlier versions have none. */
  kernelChanges: z._default(z.array(kernelChangeSchema), []),
  /** The updates before which the run was resumed, in their order. Runs of earlier versions have none. */
  resumedAt: z._default(z.array(size).check(z.maxLength(maxStoredResumes)), []),
  /**
   * Parts that each batch is split into; with the kernel set it determines the last bits. Earlier versions did not
   * split.
   */
  shards: z._default(size.check(z.minimum(1)), 1),
  /** Number of threads at the start of the run; it affects the speed only. */
  workers: z._default(size.check(z.minimum(1)), 1),
  /** Estimated peak memory of the trainer, in bytes. */
  memoryBytes: z.number().check(z.nonnegative()),
  /** Folder of the run; null if the run is not saved. */
  folder: z.nullable(z.string()),
  layout: layoutSchema,
});

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The facts about a run that are known before its first update and do not change; part of the run's manifest. */
export type RunInfo = DeepReadonly<z.infer<typeof runInfoSchema>>;

/** The seed of a run that is one of a group of seeds; undefined for any other run. */
export function groupSeed({ seed, seeds }: Pick<RunInfo, 'seed' | 'seeds'>): number | undefined {
  return seeds.length === 0 ? undefined : seed;
}
