import type { PreparedRows } from '../../data/sourceContract';
import { taskOf, heldOutOf } from '../../data/taskSource';
import { maxValidated } from '../../data/textSource';
import { randomFrom } from '../../data/random';
import { embeddedGrammar } from '../../data/tasks/grammar';
import type { ExportNames } from '../../protocol/trainer';
import type { StoredTensor } from '../../run/storage/safetensors';
import type { TrainingSetup } from '../training/trainingSetup';
import { fill, python, type Constant } from './python';
import dataSequences from './pytorch/data_sequences.py';
import dataTable from './pytorch/data_table.py';
import dataTask from './pytorch/data_task.py';
import dataText from './pytorch/data_text.py';
import taskAdding from './pytorch/task_adding.py';
import taskCopy from './pytorch/task_copy.py';
import taskDelay from './pytorch/task_delay.py';
import taskEcho from './pytorch/task_echo.py';
import taskParity from './pytorch/task_parity.py';
import taskReber from './pytorch/task_reber.py';
import taskSine from './pytorch/task_sine.py';
import taskTemporalOrder from './pytorch/task_temporalOrder.py';

/** The part of a program about its data. */
export interface DataPart {
  readonly constants: Readonly<Record<string, Constant>>;
  readonly parts: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const taskTexts = {
  adding: taskAdding,
  copy: taskCopy,
  temporalOrder: taskTemporalOrder,
  parity: taskParity,
  echo: taskEcho,
  delay: taskDelay,
  sine: taskSine,
  reber: fill(taskReber, {
    ARCS: `[${embeddedGrammar.arcs.map((arcs) => `[${arcs.map(([symbol, to]) => `(${symbol}, ${to})`).join(', ')}]`).join(', ')}]`,
    NODES: [embeddedGrammar.first, embeddedGrammar.last, embeddedGrammar.longest].join(', '),
  }),
};

/** The data of an experiment before its first update: how they are drawn or read, and the tensors that hold the rest. */
export function dataPartOf(setup: TrainingSetup, names: ExportNames): DataPart {
  const { experiment, source } = setup;
  const { data } = experiment;
  const none: DataPart['tensors'] = new Map();
  const random = { TRAINING_RANDOM: randomFrom(experiment.seed, 'training').state() };
  if ('task' in data) {
    const task = taskOf(data);
    const heldOut = heldOutOf(task, source.batch);
    const { task: name, ...keys } = data;
    const constants = {
      ...random,
      VALIDATION_RANDOM: randomFrom(experiment.seed, 'validation').state(),
      LENGTH: task.length,
      HELD_OUT_LENGTH: heldOut.length,
      HELD_OUT_SEQUENCES: heldOut.sequences,
      HELD_OUT_BATCH: heldOut.batch,
      ...taskConstants(keys),
    };
    return { constants, parts: [taskTexts[name], dataTask], tensors: none };
  }
  if ('text' in data) {
    const path = names.text ?? data.text;
    const constants = {
      ...random,
      LENGTH: source.steps,
      HELD_OUT_SHARE: data.validation,
      MOST_VALIDATED: maxValidated,
      CHARACTERS: source.characters ?? 0,
    };
    const text = `TEXT = os.path.join(FOLDER, ${python(path)})`;
    return { constants, parts: [text, dataText], tensors: none };
  }
  const prepared = source.preparedRows?.();
  if (prepared === undefined) {
    return { constants: {}, parts: [dataSequences], tensors: sequenceTensors(setup) };
  }
  return {
    constants: { ...random, HORIZON: prepared.horizon, HELD_OUT_BATCH: prepared.heldOutBatch },
    parts: [dataTable],
    tensors: tableTensors(prepared, source.targetKind === 'classes'),
  };
}

/** The keys of a task as constants: `lags` is LAGS. Its lengths are written apart. */
function taskConstants(keys: Readonly<Record<string, unknown>>): Readonly<Record<string, Constant>> {
  const constants: Record<string, Constant> = {};
  for (const [key, value] of Object.entries(keys)) {
    const isConstant = typeof value === 'number' || typeof value === 'string' || Array.isArray(value);
    if (key !== 'length' && key !== 'validation' && isConstant) constants[key.toUpperCase()] = value as Constant;
  }
  return constants;
}

function tableTensors(rows: PreparedRows, areClasses: boolean): ReadonlyMap<string, StoredTensor> {
  const { length } = rows.counts;
  const windows = (starts: Int32Array): StoredTensor => ({
    dtype: 'I32',
    shape: [starts.length / 3, 3],
    data: starts,
  });
  const targets: StoredTensor = areClasses
    ? { dtype: 'I32', shape: [length], data: Int32Array.from(rows.targets[0] ?? [], classOf) }
    : { dtype: 'F32', shape: [length, rows.targets.length], data: interleaved(rows.targets, length) };
  return new Map<string, StoredTensor>([
    ['table/inputs', { dtype: 'F32', shape: [length, rows.inputs.length], data: interleaved(rows.inputs, length) }],
    ['table/targets', targets],
    ['table/counts', { dtype: 'I32', shape: [length], data: Int32Array.from(rows.counts) }],
    ['table/training', windows(rows.training)],
    ['table/held-out', windows(rows.heldOut)],
  ]);
}

/** A class of a table, -1 where it is missing. */
function classOf(value: number): number {
  return Number.isNaN(value) ? -1 : value;
}

/** Columns as rows, rounded as batches are. */
function interleaved(columns: readonly Float64Array[], rows: number): Float32Array {
  const values = new Float32Array(rows * columns.length);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * columns.length + index] = column[row] ?? NaN;
  }
  return values;
}

function sequenceTensors({ source }: TrainingSetup): ReadonlyMap<string, StoredTensor> {
  const { steps, batch, inputs, targets, mask } = source.next();
  if (inputs.kind !== 'dense') throw new Error('Sequences of an experiment are numbers.');
  const shape = [steps, batch];
  return new Map<string, StoredTensor>([
    ['sequences/inputs', { dtype: 'F32', shape: [...shape, source.inputs], data: Float32Array.from(inputs.values) }],
    [
      'sequences/targets',
      targets.kind === 'classes'
        ? { dtype: 'I32', shape, data: targets.indices }
        : { dtype: 'F32', shape: [...shape, source.outputs], data: Float32Array.from(targets.values) },
    ],
    ['sequences/mask', { dtype: 'I32', shape, data: Int32Array.from(mask) }],
  ]);
}
