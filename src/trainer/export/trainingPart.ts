import type { OptimizerSpec, ScheduleSpec } from '../../engine/spec';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { callOf, fill, python, type Constant } from './python';
import train from './pytorch/train.py';

/** The training loop of a program, with its optimizer, schedule and clipping. */
export function loopOf({ optimizer, clip }: ResolvedExperiment): string {
  return fill(train, {
    SCHEDULE: scheduleOf(optimizer.schedule),
    OPTIMIZER: optimizerOf(optimizer),
    PLATEAU: plateauOf(optimizer.schedule),
    CLIP: clipOf(clip),
  });
}

/** The steps of a window and of its gradient; null for whole sequences. */
export function truncationOf({ bptt }: ResolvedExperiment): Readonly<Record<string, Constant>> {
  return bptt === 'full' ? { FORWARD: null, BACKWARD: null } : { FORWARD: bptt.forward, BACKWARD: bptt.backward };
}

/** The factor of the rate as a Python expression of `update`; see `scheduleFactor`. */
function scheduleOf(schedule: ScheduleSpec): string {
  if (schedule === 'constant' || 'plateau' in schedule) return '1.0';
  if ('exponential' in schedule) return `${python(schedule.exponential)} ** update`;
  if ('cosine' in schedule) {
    const steps = python(schedule.cosine);
    return `0.5 * (1 + math.cos(math.pi * min(update, ${steps}) / ${steps}))`;
  }
  if ('warmup' in schedule) return `min(1, (update + 1) / ${python(schedule.warmup)})`;
  return schedule satisfies never;
}

function plateauOf(schedule: ScheduleSpec): string {
  if (schedule === 'constant' || !('plateau' in schedule)) return 'None';
  const { factor, patience, threshold, thresholdMode, cooldown, minLearningRate } = schedule.plateau;
  return callOf('torch.optim.lr_scheduler.ReduceLROnPlateau', 'optimizer', {
    factor,
    patience,
    threshold,
    threshold_mode: thresholdMode,
    cooldown,
    min_lr: minLearningRate,
  });
}

function optimizerOf(optimizer: OptimizerSpec): string {
  const { weightDecay: weight_decay } = optimizer;
  const call = (name: string, options: Readonly<Record<string, Constant>>): string =>
    callOf(`torch.optim.${name}`, 'parameters, lr=LEARNING_RATE', options);
  switch (optimizer.kind) {
    case 'sgd':
      return call('SGD', { momentum: optimizer.momentum, nesterov: optimizer.nesterov, weight_decay });
    case 'adagrad':
      return call('Adagrad', { eps: optimizer.epsilon, weight_decay });
    case 'rmsprop':
      return call('RMSprop', {
        ...{ alpha: optimizer.decay, eps: optimizer.epsilon },
        ...{ momentum: optimizer.momentum, weight_decay },
      });
    case 'adam':
    case 'adamw':
      return call(optimizer.kind === 'adam' ? 'Adam' : 'AdamW', {
        betas: [optimizer.beta1, optimizer.beta2],
        eps: optimizer.epsilon,
        weight_decay,
      });
    default:
      return optimizer satisfies never;
  }
}

/** The line that clips; hidden clipping is part of the backward pass. */
function clipOf(clip: ResolvedExperiment['clip']): string {
  if (clip === null || 'hidden' in clip) return 'pass';
  if ('norm' in clip) return `torch.nn.utils.clip_grad_norm_(parameters, ${python(clip.norm)})`;
  return `torch.nn.utils.clip_grad_value_(parameters, ${python(clip.value)})`;
}
