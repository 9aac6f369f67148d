import { translate } from '../../../src/text/translate';

/** The help text of a cell. */
export interface CellHelp {
  /** Two or three sentences, in the notation of `notation`. */
  readonly text: string;
  /** The formula behind the picture. */
  readonly formula: string;
}

/** The help texts of all cells by title. */
export const cellHelp = {
  Loss: {
    text: translate`The loss measures how wrong the network is on one batch; training reduces it by gradient descent. A batch is only a sample, so the curve is noisy: watch its trend, and whether it gets below the dashed baselines. Each is the loss of a simple prediction, named at its line: a constant answer (the mean, or the frequencies of classes or characters) knows nothing about time, persistence repeats the last row, seasonal persistence the last row of the same phase, and others use a little memory. “Held out” ones are measured on the rows of the validation; the cell “Run” has the definition of each.`,
    formula: 'L = Σ_t L_t   (mean: divided by the number of targets)',
  },
  'Gradient through time': {
    text: translate`Every column is one backward pass: it starts at the last step, on top, and runs down to step 0. In a vanilla RNN each step back multiplies the gradient by the slope of the activation and by W_hhᵀ, so it shrinks or grows exponentially; the gates of the other cells add paths on which it needs not. Where a column fades downwards, the early steps get hardly any gradient. If every step has its own loss, the total can look healthy although distant losses vanish: the gradient flow shows the difference.`,
    formula: '∂L/∂h_t = ∂L_t/∂h_t + (∂h_{t+1}/∂h_t)ᵀ ∂L/∂h_{t+1}',
  },
  Clipping: {
    text: translate`At a cliff of the loss, a single gradient can be a thousand times as large as the others, and one update along it destroys the weights. Clipping by norm shortens the gradient and keeps its direction; clipping by value limits every element separately, which changes the direction. If every update is clipped, the size of the gradient no longer matters: every update starts from the same norm.`,
    formula: 'g ← g · min(1, c / (‖g‖ + 10^{-6}))',
  },
  Diagnosis: {
    text: translate`The loss alone doesn’t show why a network fails to learn. The run is checked for problems known from the literature: a gradient that vanishes before it reaches the step to be remembered, saturated gates, updates that are far too large or too small, clipping at nearly every update. A finding is a suspicion with evidence, not a proof. Gradients of most healthy networks vanish early in training, so that check waits until the end.`,
    formula: 'finding ← measured number, threshold, its source',
  },
  Run: {
    text: translate`Two runs are comparable only if they differ in a single setting. This is the full list: network, data, loss, truncation, clipping, optimizer, seed and the kernels that computed it.`,
    formula: 'θ ← θ − η · step(g)',
  },
  Differences: {
    text: translate`An effect has a clear cause only if everything else is equal. The table lists only the keys in which the runs differ; if there are several, no outcome can be attributed to one of them alone. The seed is a difference too: before you trust a small effect, train with several seeds.`,
    formula: 'difference of outcomes ← difference of keys',
  },
  'Over seeds': {
    text: translate`A run depends on the weights and batches that its seed draws, so one run of each configuration shows little. The table has the median and the spread over the finished runs that differ in their seed only, n of them: half of the values are between the quartiles. With a few seeds the range is rough; where the ranges of two configurations overlap, the seeds alone may be the reason of a difference. A run that has diverged has no outcome and is left out of the numbers, but not of the count.`,
    formula: 'median = Q(½), quartiles = Q(¼), Q(¾); Q linear between neighbours',
  },
  'Update ratio': {
    text: translate`The size of an update matters relative to the weights that it changes. A ratio of about 10^{-3} per update is typical of healthy training; 10^{-2} is unstable, and at 10^{-5} the weights hardly change. Matrices with very different ratios learn at different speeds although they share one learning rate.`,
    formula: 'ratio = ‖ΔW‖ / ‖W‖',
  },
  'Memory horizon': {
    text: translate`How far back does a loss reach? The horizon is the longest lag at which, in the median, the gradient is still 0.1 % of its value at the loss. It is measured at one update, and it changes: networks that start with a horizon far below the lag of their task often learn it, because it grows while they train. An LSTM has two paths back: an input enters c_t through its gates and may pass on there, so the horizon of h_t alone understates its memory.`,
    formula: 'horizon = max { ℓ : median_t N_{t,t−ℓ} / N_{t,t} ≥ 10^{-3} }',
  },
  'Unrolled net': {
    text: translate`The network is a loop: it applies the same weights at every step, and the state h_t carries information forward. Unrolled, it is a deep network with one layer per time step. The forward pass stores all values, because the backward pass needs them. The gradient, if shown, flows the other way: from each loss down into its state, and from state to state against W_hh, as thick and bright as its norm.`,
    formula: 'h_t = cell(x_t, h_{t-1}),   ŷ_t = W_hy h_t + b_y',
  },
  'Loss per step': {
    text: translate`Every step with a target has its own loss, and the total is their sum. A step without a target has no loss, but its state may matter for a later one. With truncated BPTT, only the last bptt.backward steps send a gradient back; the losses of the other steps are reported but not learned from.`,
    formula: 'L = L_0 + L_1 + … + L_{T-1}',
  },
  'Backward through time': {
    text: translate`Backpropagation goes from the last step to the first. At each step, the gradient at the state is that of this step’s own loss plus what comes from the next step: δ_{t+1} through the transposed W_hh, once more at every step, and therefore a gradient that vanishes or explodes. δ_t, times the previous state, is this step’s term of ∂L/∂W; the weights are shared, so the gradient is the sum of the terms of all steps. An LSTM has a second way back, ∂L/∂c_{t+1} ∘ f_{t+1}, without weights: the path that need not vanish.`,
    formula:
      'vanilla RNN: ∂L/∂h_t = ∂L_t/∂h_t + W_hhᵀ δ_{t+1},   δ_t = ∂L/∂a_t (a_t: what the cell’s σ and tanh are applied to),   ∂L/∂W_hh = Σ_t δ_t h_{t-1}ᵀ,   ∂L/∂W_xh = Σ_t δ_t x_tᵀ,   ∂L/∂W_hy = Σ_t ∂L/∂ŷ_t h_tᵀ,   ∂L/∂x_t = W_xhᵀ δ_t',
  },
  'Gradient flow: which loss reaches which step': {
    text: translate`The gradient of the loss at time t reaches back to earlier steps, and this matrix shows each pair: a row is a loss, a column is a step. The heatmap of ∂L/∂h_t shows the norm of the total at each step, where large gradients of near losses can hide that those of distant losses have vanished. It is not the sum of a column: gradients of different losses can cancel. Read a row from right to left: where its colour reaches the low end of the scale, the steps learn nothing from that loss.`,
    formula: 'N_{t,k} = ‖∂L_t/∂h_k‖,   vanilla RNN: ∂L_t/∂h_k = (Π_{j=k+1..t} ∂h_j/∂h_{j-1})ᵀ ∂L_t/∂h_t',
  },
  'Clipping at this update': {
    text: translate`The squared norm is a sum, so every parameter and every step has a share in it. Clipping by norm scales them all by one factor and keeps the direction (cosine 1); clipping by value limits only the large elements, so the direction changes. Move the threshold slider of the clipping cell to see how many updates of this run another threshold would have clipped.`,
    formula: '‖g‖² = Σ_p ‖g_p‖²,   cos = g · g′ / (‖g‖ ‖g′‖)',
  },
  Update: {
    text: translate`The optimizer turns the gradient into an update: momentum accumulates earlier gradients, Adam and RMSprop divide each element by a running estimate of its magnitude, Adagrad by the root of the sum of all its squares. Weight decay λ adds λW to the gradient, before that division; AdamW subtracts η λ W apart from it. A healthy update changes a matrix by about 0.1 % of its norm; ten times as much is unstable, a hundredth of that hardly changes it.`,
    formula: 'W ← W − η · step(g + λW),   AdamW: W ← W − η λ W − η · step(g),   ratio = ‖ΔW‖ / ‖W‖',
  },
  'What if': {
    text: translate`The same update, recomputed from the same weights and batch with another setting. Truncation drops the terms of distant steps, so its gradient is biased; clipping shortens the gradient; the learning rate only scales the update. A single update shows the immediate effect, not where a whole training would end: for that, add a variant and train it.`,
    formula: 'bias = ‖g_k − g_full‖ / ‖g_full‖,   cos = g_k · g_full / (‖g_k‖ ‖g_full‖)',
  },
  Output: {
    text: translate`The loss is only a number; this is what the network does at this point. For a table, all held-out rows are predicted, in the unit of the data: a forecast is worth something where it is closer to the true values than persistence, the value of the last known row. A text sampled at a low temperature shows its most confident predictions, a high temperature shows what else it considers possible. A text in the colours of one unit shows what that unit follows, such as a position in the line or the inside of a word; most units follow nothing that has a name. The states are its memory: if they form clusters, the network has learned a finite number of states.`,
    formula: 'p(next = j) ∝ exp(ŷ_{t,j} / temperature)',
  },
  'Gate saturation': {
    text: translate`A gate multiplies what passes it by a number between 0 and 1. It counts as closed up to 0.1 and as open from 0.9, over all steps, units and sequences of the batch; there its slope is small, so that it learns slowly. That is no fault by itself: an open forget gate is how an LSTM remembers. A candidate counts as saturated where what its nonlinearity is applied to is beyond ±5, and one of a relu as dead where it is 0: nothing of its gradient passes.`,
    formula: 'σ′(a) = σ(a) (1 − σ(a))',
  },
  'Gradient norm per parameter': {
    text: translate`The norm of the gradient of every parameter, before clipping. Compare W_hh and W_xh with W_hy: the gradient of the head needs no way back through time. If the recurrent parameters get a thousandth of what the head gets, the gradient vanishes on its way; if they get far more, it explodes there.`,
    formula: '‖g‖² = Σ_p ‖g_p‖²',
  },
  Validation: {
    text: translate`The loss is what training reduces; this is what the same held-out data say in units that are easier to judge, measured at each validation. Accuracy is the share of targets whose class has the largest output. For a text, the cross-entropy in bits is how long a character would be if the text were compressed with the predictions of the net. For a table, the errors are in the unit of the column: RMSE weighs large errors more, MAE is the mean size of an error. The loss can fall while the accuracy stays, and the other way round.`,
    formula:
      'accuracy = #{correct} / N,   bits per character = L / ln 2,   RMSE = √(Σ (ŷ − y)² / N),   MAE = Σ |ŷ − y| / N   (N: held-out targets; L: mean cross-entropy)',
  },
} as const satisfies Readonly<Record<string, CellHelp>>;

/** The title of a cell. */
export type CellTitle = keyof typeof cellHelp;
