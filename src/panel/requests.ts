import * as z from 'zod';
import type { Validators } from '../protocol/channel';
import type { PanelHostContract } from '../protocol/panel';

const nothing = z.undefined();
const variant = z.object({ variant: z.string().optional() });
const command = z.enum([
  'train',
  'pause',
  'resume',
  'step',
  'stop',
  'resumeRun',
  'openExperiment',
  'revealRun',
  'showLog',
]);
const rate = z.number().positive();
const index = z.number().int().nonnegative();
const detail = z
  .object({ from: index, to: index })
  .refine(({ from, to }) => from < to, { message: 'from must be before to' });
const inspect = z.object({ update: index, sequence: index });
const parameter = z.object({ update: index, parameter: z.string() });
const terms = z.object({ update: index, sequence: index, parameter: z.string(), t: index });
const ledger = z.object({ update: index });
const horizon = z.object({ update: index, layer: index });
const reach = z.object({ update: index, sequence: index, layer: index });
const whatIf = z.object({
  update: index,
  change: z.object({
    clip: z
      .object({ kind: z.enum(['norm', 'value', 'hidden']), threshold: rate })
      .nullable()
      .optional(),
    backward: z.union([z.literal('full'), z.number().int().positive()]).optional(),
    learningRate: rate.optional(),
  }),
});

const sample = z.object({
  update: index,
  prompt: z.string().max(2000),
  temperature: z.number().nonnegative(),
  seed: z.number().int(),
  length: index.max(2000),
});
const project = z.object({ update: index, sequence: index, layer: index });

/** What the webview may ask, checked: a webview is a border. */
export const panelRequests: Validators<PanelHostContract> = {
  ready: (params) => nothing.parse(params ?? undefined),
  select: (params) => ({ variant: variant.parse(params).variant }),
  command: (params) => command.parse(params),
  setLearningRate: (params) => rate.parse(params),
  detail: (params) => detail.parse(params),
  inspect: (params) => inspect.parse(params),
  parameter: (params) => parameter.parse(params),
  terms: (params) => terms.parse(params),
  horizon: (params) => horizon.parse(params),
  ledger: (params) => ledger.parse(params),
  reach: (params) => reach.parse(params),
  whatIf: (params) => whatIf.parse(params),
  sample: (params) => sample.parse(params),
  scores: (params) => inspect.parse(params),
  project: (params) => project.parse(params),
};
