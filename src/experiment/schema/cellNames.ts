/** Every recurrent cell that a file can name under `model.cell`, in the order of completions. */
export const cellNames = ['rnn', 'lstm', 'gru', 'mgu'] as const;

/** Name of a recurrent cell. */
export type CellName = (typeof cellNames)[number];
