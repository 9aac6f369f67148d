/**
 * The specification of a net and its training. The engine declares these types itself; a resolved experiment is
 * assignable to them, so that the engine imports no other module.
 */

/** Names of the recurrent cells, as experiment files write them. */
export type CellName = 'rnn' | 'lstm' | 'gru' | 'mgu';

/** Elementwise nonlinearity of the vanilla RNN cell. */
export type Activation = 'tanh' | 'relu' | 'sigmoid' | 'identity';

/** The net: `layers` recurrent layers of `hidden` units each, and a linear head on the top layer. */
export interface NetworkSpec {
  readonly cell: CellName;
  /** φ of the vanilla RNN; other cells ignore it. */
  readonly activation: Activation;
  /** I: width of x_t. */
  readonly inputs: number;
  /** H: units per layer. */
  readonly hidden: number;
  readonly layers: number;
  /** O: width of ŷ_t. */
  readonly outputs: number;
}

/** Initialisation of one kind of weight matrix; each gate's block separately, times its gain. */
export type Initializer = 'uniform' | 'normal' | 'xavier' | 'orthogonal' | 'identity';

/** How initial parameters are drawn. PyTorch's default is every weight and bias ~ U(±1/√H). */
export interface InitSpec {
  readonly recurrent: Initializer;
  readonly input: Initializer;
  readonly gain: number;
  readonly inputGain: number;
  readonly bias: 'uniform' | 'zero';
  /** Of W_hy, the weights of the head; uniform if absent. */
  readonly head?: Initializer;
}

/**
 * The loss of the batch, L = Σ_t L_t over the steps that have a target. `mean` divides by the number of targets (and by
 * O for mse), as PyTorch's `mean`; `sum` sums over the steps and divides by the batch only. `output`, for mse only: what is
 * compared with the targets, ŷ_t itself (`linear`, also if absent) or σ(ŷ_t).
 */
export interface LossSpec {
  readonly kind: 'mse' | 'crossEntropy';
  readonly reduction: 'mean' | 'sum';
  readonly output?: 'linear' | 'sigmoid';
}

/** Full backpropagation through time, or windows of `forward` steps whose gradient reaches back `backward` steps. */
export type BpttSpec = 'full' | { readonly forward: number; readonly backward: number };

/** Exactly one kind of gradient clipping, or none. Values are thresholds in the gradient's own unit. */
export type ClipSpec = { readonly norm: number } | { readonly value: number } | { readonly hidden: number } | null;

/** Multiplier of the learning rate at update n, from 0; a plateau schedule changes the rate itself, see `PlateauSchedule`. */
export type ScheduleSpec =
  | 'constant'
  | { readonly exponential: number }
  | { readonly cosine: number }
  | { readonly warmup: number }
  | { readonly plateau: PlateauSpec };

/** The options of torch.optim.lr_scheduler.ReduceLROnPlateau. */
export interface PlateauSpec {
  readonly factor: number;
  /** Losses without improvement after which the rate is not yet reduced. */
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: 'rel' | 'abs';
  /** Losses after a reduction that don't count. */
  readonly cooldown: number;
  readonly minLearningRate: number;
}

interface OptimizerCommon {
  readonly learningRate: number;
  /** Of all parameters, biases too: an L2 penalty added to the clipped gradient; of adamw decoupled, see `adamw`. */
  readonly weightDecay: number;
  readonly schedule: ScheduleSpec;
}

interface AdamOptions {
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
}

/** PyTorch's definitions (torch.optim) of the optimizers. */
export type OptimizerSpec =
  | (OptimizerCommon & { readonly kind: 'sgd'; readonly momentum: number; readonly nesterov: boolean })
  | (OptimizerCommon & { readonly kind: 'adagrad'; readonly epsilon: number })
  | (OptimizerCommon & {
      readonly kind: 'rmsprop';
      readonly epsilon: number;
      readonly decay: number;
      readonly momentum: number;
    })
  | (OptimizerCommon & AdamOptions & { readonly kind: 'adam' })
  | (OptimizerCommon & AdamOptions & { readonly kind: 'adamw' });
