import * as z from 'zod';
import type { Validators } from '../protocol/channel';
import type { PanelHostContract } from '../protocol/panel';

const nothing = z.undefined();
const variant = z.object({ variant: z.string().optional() });
const command = z.enum(['train', 'pause', 'resume', 'step', 'stop', 'openExperiment', 'revealRun', 'showLog']);
const rate = z.number().positive();
const index = z.number().int().nonnegative();
const inspect = z.object({ update: index, sequence: index });

/** What the webview may ask, checked: a webview is a border. */
export const panelRequests: Validators<PanelHostContract> = {
  ready: (params) => nothing.parse(params ?? undefined),
  select: (params) => ({ variant: variant.parse(params).variant }),
  command: (params) => command.parse(params),
  setLearningRate: (params) => rate.parse(params),
  inspect: (params) => inspect.parse(params),
};
