/** What a teacher says of a cell when somebody asks why it is there. */
export interface CellHelp {
  /** Two or three sentences, in the notation of `notation`. */
  readonly text: string;
  /** The formula behind the picture. */
  readonly formula: string;
}

/** The cells of the notebook by their titles, each with its reason. */
export const cellHelp = {
  Loss: {
    text: 'The loss says how wrong the net is on one batch; training walks downhill on it. One batch is a sample, so the curve trembles: what counts is where it goes, and whether it gets below the baseline, which is what an answer without any memory would score.',
    formula: 'L = Σ_t L_t   (mean: divided by the number of targets)',
  },
  'Gradient through time': {
    text: 'Every column is one backward pass: it starts at the last step, on top, and runs down to step 0. Each step back multiplies the gradient by W_hh and by the slope of the activation, so it shrinks or grows like a power; a column that fades downwards has nothing to teach the early steps. The total can look healthy when every step has a loss of its own: who reaches whom tells the two apart.',
    formula: '∂L/∂h_t = ∂L_t/∂h_t + (∂h_{t+1}/∂h_t)ᵀ ∂L/∂h_{t+1}',
  },
  Clipping: {
    text: 'Where the loss has a cliff, one gradient is a thousand times as long as the others, and one step along it throws the weights away. Clipping keeps the direction and shortens the step (norm), or cuts every element by itself, which turns the direction too (value). A run that is clipped at every update does not descend at its learning rate any more: it walks in steps of fixed length.',
    formula: 'g ← g · min(1, c / (‖g‖ + 10^{-6}))',
  },
  Diagnosis: {
    text: 'A net that does not learn looks like any other from outside. Here its run is held against signs that people have published: a gradient that has vanished before it reaches what must be remembered, gates that never move, steps far too long or too short, a clip that does all the work. A finding is a suspicion with its evidence, no proof; most healthy nets look vanished before they have learned, so that verdict waits for the end.',
    formula: 'finding ← measured number, threshold, its source',
  },
  Run: {
    text: 'Two runs can be compared only where everything but one thing is equal. Here stands everything: net, data, loss, truncation, clipping, optimizer, seed and the kernels that computed it.',
    formula: 'θ ← θ − η · step(g)',
  },
  'What sets them apart': {
    text: 'An effect can be laid to a cause only where everything else is equal. So the table names the keys that the runs do not have alike, and nothing else; where it names several, no outcome belongs to one of them alone. Another seed is a difference too: train with a few before you believe a small one.',
    formula: 'difference of outcomes ← difference of keys',
  },
  'Update ratio': {
    text: 'A step is large or small only against the weights it moves. About a thousandth of their norm at each update is a net that learns at its ease; a hundredth is restless, and a hundred-thousandth hardly moves. Matrices that differ by much here learn at different speeds although they share one learning rate.',
    formula: 'ratio = ‖ΔW‖ / ‖W‖',
  },
  'Memory horizon': {
    text: 'How far back does a loss reach? The horizon is the longest lag at which, in the median, a loss still moves the state by a thousandth of what it moves its own. A net whose horizon is shorter than the lag of the task cannot learn that lag from its gradient, however long it is trained. In an LSTM it follows h_t, through which every input must pass to get into c_t; what c_t then carries by itself stands in the heatmap of ∂L/∂c_t.',
    formula: 'horizon = max { ℓ : median_t N_{t,t−ℓ} / N_{t,t} ≥ 10^{-3} }',
  },
  'Unrolled net': {
    text: 'The net is a loop: the same weights at every step, and the state h_t carries what was seen. Unrolled, it is one deep net with a layer per time step. Everything computed here is kept, because the way back needs it.',
    formula: 'h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h),   ŷ_t = W_hy h_t + b_y',
  },
  'Loss per step': {
    text: 'Every step that has a target adds its own loss, and the total is their sum. A step without a target costs nothing, yet its state may matter for a later one. Under truncation only the steps inside the window send a gradient.',
    formula: 'L = L_0 + L_1 + … + L_{T-1}',
  },
  'Backward through time': {
    text: 'Backpropagation goes from the last step to the first. At each step the gradient at the state is what this step’s own loss says plus what comes back from the step after; multiplied with the state before, it becomes this step’s term of ∂L/∂W. The weights are shared, so the terms of all steps are added up: their sum is the gradient.',
    formula:
      'δ_t = ∂L/∂h_t · φ′(a_t),   ∂L/∂W_hh = Σ_t δ_t h_{t-1}ᵀ,   ∂L/∂W_xh = Σ_t δ_t x_tᵀ,   ∂L/∂W_hy = Σ_t ∂L/∂ŷ_t h_tᵀ',
  },
  'Who reaches whom': {
    text: 'One loss at time t affects many earlier steps, and this matrix shows each pair by itself: a row is one loss, a column is one step. The sum over a column is what the heatmap above shows, and a sum of near losses hides that a far one says nothing. Read along a row to the left: where it has gone dark, that loss teaches nothing any more.',
    formula: 'N_{t,k} = ‖∂L_t/∂h_k‖,   ∂L_t/∂h_k = (Π_{j=k+1..t} ∂h_j/∂h_{j-1})ᵀ ∂L_t/∂h_t',
  },
  'Clipping at this update': {
    text: 'A norm is a sum of squares, so every parameter and every step has its share in it. Clipping by norm scales them all by one factor and keeps the direction (cosine 1); clipping by value cuts only the large elements, so the direction turns. Move the threshold to see which updates of this run it would have caught.',
    formula: '‖g‖² = Σ_p ‖g_p‖²,   cos = g · g′ / (‖g‖ ‖g′‖)',
  },
  Update: {
    text: 'The optimizer turns the gradient into a step: momentum adds up earlier gradients, Adam and its kin divide by a running size of each element. A healthy step moves a matrix by about a thousandth of its norm; ten times as much is restless, a hundredth of it is nearly still.',
    formula: 'W ← W − η · step(g),   ratio = ‖ΔW‖ / ‖W‖',
  },
  'What if': {
    text: 'The same update, from the same weights and the same batch, computed once more with one thing changed. Truncation throws away the terms of far steps, so its gradient is biased; clipping shortens; the learning rate only stretches. One update says what the change does at once, not where a whole training would end: for that, make it a variant and train it.',
    formula: 'bias = ‖g_k − g_full‖ / ‖g_full‖,   cos = g_k · g_full / (‖g_k‖ ‖g_full‖)',
  },
  Output: {
    text: 'The loss is a number; this is what the net does with what it learned so far. A text drawn at a low temperature shows what it is sure of, at a high one what it also holds possible. The states are what it remembers: where they fall into clusters, the net has made itself a finite memory.',
    formula: 'p(next = j) ∝ exp(ŷ_{t,j} / temperature)',
  },
} as const satisfies Readonly<Record<string, CellHelp>>;

/** The title of a cell. */
export type CellTitle = keyof typeof cellHelp;
