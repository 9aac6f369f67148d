import * as z from 'zod';
import type { ToolName } from './toolNames';

/** Most runs of one list, and of one comparison. */
export const maxListedRuns = 200;
export const maxComparedRuns = 20;

const run = z
  .string()
  .min(1)
  .max(1000)
  .describe('The folder of the run, as "run" of unroll_list_runs or unroll_train names it.');

/** The inputs of the tools, by their names. Each is one object, and holds no other key. */
export const toolInputs = {
  unroll_list_runs: z.strictObject({
    experiment: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('Only runs of the experiment files whose path ends with this; by default those of all.'),
    limit: z
      .int()
      .min(1)
      .max(maxListedRuns)
      .optional()
      .describe('How many runs are listed, the newest first; by default 20.'),
  }),
  unroll_diagnose_run: z.strictObject({ run }),
  unroll_explain_update: z.strictObject({
    run,
    update: z.int().min(0).optional().describe('The index of the update, from 0; by default that of the last one.'),
    sequence: z.int().min(0).optional().describe('The sequence of its batch, from 0; by default 0.'),
  }),
  unroll_compare_runs: z.strictObject({
    runs: z.array(run).min(2).max(maxComparedRuns).describe('The folders of two or more runs.'),
  }),
  unroll_train: z.strictObject({
    file: z.string().min(1).max(1000).describe('The experiment, a *.rnn.json file, by its path in the workspace.'),
    variant: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The variant to train, of those that the file names; by default the experiment itself.'),
    seed: z
      .int()
      .min(0)
      .optional()
      .describe('The one of the "seeds" of the experiment to train; required if it has several.'),
  }),
} as const satisfies Readonly<Record<ToolName, z.ZodObject>>;

/** The input of a tool. */
export type ToolInput<Name extends ToolName> = z.infer<(typeof toolInputs)[Name]>;

/** What people and language models read about a tool. */
export interface ToolDefinition {
  readonly title: string;
  /** What a person writes after # in a chat to refer to it. */
  readonly reference: string;
  /** For people. */
  readonly summary: string;
  /** For the language model: what the tool does, when it helps and what it answers. */
  readonly description: string;
}

export const toolDefinitions: Readonly<Record<ToolName, ToolDefinition>> = {
  unroll_list_runs: {
    title: 'List Training Runs',
    reference: 'unrollRuns',
    summary: 'Lists the training runs of the workspace.',
    description:
      'Lists the training runs of recurrent networks (vanilla RNN, LSTM, GRU) that Unroll or its PyTorch recorder saved in the workspace, the newest first: folder, experiment, variant, seed, state, updates, losses. The other tools name a run by its folder.',
  },
  unroll_diagnose_run: {
    title: 'Diagnose Training Run',
    reference: 'unrollDiagnose',
    summary: 'Says how a run went, and what the rules found in it.',
    description:
      'Says how a training run of a recurrent network went and why it does not learn: losses beside the baselines that need no net, share of clipped updates, gradient through time from the first to the last step, and the findings of the rules, each with the measured number, its threshold and source, the key of the experiment that causes it and the changes of keys that may solve it.',
  },
  unroll_explain_update: {
    title: 'Explain Training Update',
    reference: 'unrollExplain',
    summary: 'Computes one update of a run again, with the gradient at every time step.',
    description:
      'Computes one update of a training run again and answers its numbers: loss at each time step, ‖∂L/∂h_t‖ at each time step of each layer (where gradients vanish or explode), memory horizon, spectrum of W_hh, gradient norm before and after clipping with the threshold, and for each parameter the gradient, weight and update norms. May take seconds.',
  },
  unroll_compare_runs: {
    title: 'Compare Training Runs',
    reference: 'unrollCompare',
    summary: 'Compares how runs ended, and the keys in which their experiments differ.',
    description:
      'Compares two or more training runs: how each ended, its losses and findings, and every key of the experiments in which they differ, with its values.',
  },
  unroll_train: {
    title: 'Train Experiment',
    reference: 'unrollTrain',
    summary: 'Trains an experiment and diagnoses its run.',
    description:
      'Trains an experiment, a *.rnn.json file, until it ends, saves the run and answers its diagnosis as unroll_diagnose_run does. May take minutes. When it is cancelled the run is saved and can be resumed.',
  },
};

/** The JSON Schema of the input of a tool. */
export function inputSchemaOf(name: ToolName): object {
  // The schema of the draft itself is no part of an input.
  const { $schema: _, ...schema } = z.toJSONSchema(toolInputs[name]);
  return schema;
}
