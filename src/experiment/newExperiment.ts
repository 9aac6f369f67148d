import type { TaskName } from './schema/taskSchema';

/** A table, and the columns that were chosen of it. */
export interface ChosenTable {
  /** Its path from the experiment. */
  readonly csv: string;
  readonly inputs: readonly string[];
  readonly target: string;
  /** Whether the target is a column of classes. */
  readonly isClass: boolean;
  /** A column of times; undefined if there is none. */
  readonly time: string | undefined;
  /** Whether its numbers have decimal commas. */
  readonly hasDecimalCommas?: boolean;
  /** Whether rows of the inputs or the target lack a value. */
  readonly hasGaps?: boolean;
  /** A column that marks sequences by equal values; undefined if all rows are one. */
  readonly sequence?: string | undefined;
  /** Whether each sequence has one target, which is predicted at its last row. */
  readonly isTargetOfSequence?: boolean;
}

const json = (value: unknown): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `[${values.map(json).join(', ')}]`;

/** The text of an experiment that predicts a column of a table. */
export function tableExperiment(name: string, table: ChosenTable): string {
  const { csv, inputs, target, isClass, time, sequence, isTargetOfSequence = false } = table;
  const { hasDecimalCommas = false, hasGaps = false } = table;
  const data = [
    `"csv": ${json(csv)},`,
    ...(hasDecimalCommas ? ['"decimal": ",",'] : []),
    ...(hasGaps
      ? [
          '// A row without a value has no loss there; inputs repeat the last known value, and a mark.',
          '"gaps": "mask",',
        ]
      : []),
    ...(time === undefined ? [] : [`"time": ${json(time)},`]),
    ...(sequence === undefined
      ? []
      : ['// Rows with the same value here are one sequence.', `"sequence": ${json(sequence)},`]),
    '// What the net reads of every row.',
    `"inputs": ${list(inputs)},`,
    isTargetOfSequence ? '// What it predicts at the last row of a sequence.' : '// What it predicts of the next row.',
    `"targets": ${list([target])},`,
    ...(isClass ? ['"classes": true,'] : []),
    ...(isTargetOfSequence
      ? ['"targetAt": "last"']
      : ['// Rows in a window: as far back as the net can look.', '"length": 20']),
  ];
  return `{
  "name": ${json(name)},
  "data": {
${data.map((line) => `    ${line}`).join('\n')}
  },
  "model": { "cell": "gru", "hidden": 32 },
  "clip": { "norm": 1 },
  "optimizer": { "kind": "adam", "learningRate": 0.003 },
  "training": { "steps": 1000, "batch": 16, "validateEvery": 50 }
}
`;
}

/** The text of an experiment that predicts the next character of a text. */
export function textExperiment(name: string, path: string): string {
  return `{
  "name": ${json(name)},
  // Predicts the next character.
  "data": { "text": ${json(path)}, "length": 50 },
  "model": { "cell": "gru", "hidden": 64 },
  "clip": { "norm": 1 },
  "optimizer": { "kind": "adam", "learningRate": 0.003 },
  "training": { "steps": 1000, "batch": 16, "validateEvery": 50 }
}
`;
}

/** The keys of each generated task in a new experiment, and what it asks for. */
export const newTasks: { readonly [Task in TaskName]: { readonly keys: object; readonly detail: string } } = {
  adding: { keys: { length: 30 }, detail: 'Add two marked numbers of a long sequence.' },
  copy: { keys: { delay: 10 }, detail: 'Repeat some symbols after a delay.' },
  temporalOrder: { keys: { length: 30 }, detail: 'Which of two symbols came first, twice.' },
  parity: { keys: { length: 10 }, detail: 'Whether the number of ones is odd.' },
  echo: { keys: { length: 30, lags: [3, 8] }, detail: 'Combine the inputs of two earlier steps, at every step.' },
  reber: { keys: {}, detail: 'Predict the next symbol of an embedded Reber grammar.' },
  delay: { keys: { lag: 5, length: 30 }, detail: 'Repeat the input some steps later.' },
  sine: { keys: { length: 30 }, detail: 'Predict the next value of a noisy sine.' },
};

/** The text of an experiment on a generated task. */
export function taskExperiment(task: TaskName): string {
  const keys = Object.entries(newTasks[task].keys).map(([key, value]) => `, ${json(key)}: ${json(value)}`);
  return `{
  "name": ${json(task)},
  "data": { "task": ${json(task)}${keys.join('')} },
  "model": { "cell": "lstm", "hidden": 32 },
  "clip": { "norm": 1 },
  "optimizer": { "kind": "adam", "learningRate": 0.003 },
  "training": { "steps": 1000, "batch": 32, "validateEvery": 50 }
}
`;
}
