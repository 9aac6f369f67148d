import { foreignFormat } from '../../data/files/fileFormat';
import type { Learner } from '../../engine/learner';
import type { WeightsKey } from '../../experiment/weightsKey';
import { readTensorFile, type ReadTensorFile, type StoredTensor } from '../../run/storage/safetensors';
import { reasonOf } from '../../protocol/channel';
import { escapeName, quote, quoteAll } from '../../text/quoting';

const maxListedNames = 12;
/**
 * Names of nn.RNN, nn.LSTM and nn.GRU in PyTorch, after their prefix: of further layers, directions and projections
 * too.
 */
const recurrentName = /^(?:weight_(?:ih|hh|hr)|bias_(?:ih|hh))_l\d+(?:_reverse)?$/;
/** The input weights of a first layer in nn.RNN, nn.LSTM and nn.GRU, and in nn.RNNCell, nn.LSTMCell and nn.GRUCell. */
const inputWeights = { layer: 'weight_ih_l0', cell: 'weight_ih' } as const;
const prefixes = { recurrent: 'rnn.', head: 'head.' } as const;
/** The key of `names` for each part. */
const keys = { recurrent: 'rnn', head: 'head' } as const;

/**
 * Loads the parameters of a net from a safetensors file with PyTorch's names. The names of a single cell (nn.LSTMCell)
 * stand for a net of one layer, which has the same parameters.
 *
 * @param key the path of the file, for messages, and the prefixes of its names
 * @returns notices: names that were mapped, biases that are missing, tensors that were ignored
 * @throws if the file is not such a file, lacks a tensor, has one that doesn't fit, or has more of the same net
 */
export function loadWeights(
  learner: Learner,
  { path, names: given }: Pick<WeightsKey, 'path' | 'names'>,
  bytes: Uint8Array | undefined,
): readonly string[] {
  if (bytes === undefined) throw new Error('The file was not read.');
  const foreign = foreignFormat(bytes, path);
  if (foreign !== undefined) throw new Error(`The file is ${foreign.name}. ${foreign.advice}`);
  const file = readFile(bytes);
  const source = prefixesOf(file, learner, given);
  const notices: string[] = [];
  const used = new Set<string>();
  const zero: string[] = [];
  for (const [name, parameter] of learner.parameters) {
    const stored = storedName(name, source);
    const tensor = file.tensors.get(stored);
    used.add(stored);
    if (tensor !== undefined) {
      checkTensor(stored, tensor, parameter.shape);
      learner.load(name, tensor.data);
    } else if (isBias(name) && hasNoBias(file, stored)) {
      zero.push(stored);
      learner.load(name, new Float64Array(parameter.shape.reduce((product, size) => product * size, 1)));
    } else {
      throw missingError(name, stored, parameter.shape, file, source);
    }
  }
  const names = [...file.tensors.keys(), ...file.others.keys()].filter((name) => !used.has(name));
  const more = names.filter(
    (name) => name.startsWith(source.recurrent) && recurrentName.test(name.slice(source.recurrent.length)),
  );
  if (more.length > 0) {
    throw new Error(
      `The file has more of the net than this model: ${formatNames(more)}. Set "layers" as in the file; other directions and projections are not supported.`,
    );
  }
  for (const part of ['recurrent', 'head'] as const) {
    if (source.isCell && part === 'recurrent')
      notices.push(
        `${escapeName(path)}: the cell ${quote(`${source.recurrent}${inputWeights.cell}`)} and so on is loaded as layer 0, ${quote(`${prefixes.recurrent}${inputWeights.layer}`)} and so on.`,
      );
    else if (source[part] !== prefixes[part] && given[keys[part]] === undefined)
      notices.push(`${escapeName(path)}: ${quote(`${source[part]}*`)} is loaded as ${quote(`${prefixes[part]}*`)}.`);
  }
  if (zero.length > 0) notices.push(`${escapeName(path)} has no ${formatNames(zero)}: these biases are 0.`);
  if (names.length > 0)
    notices.push(`${escapeName(path)}: this model doesn't need ${formatNames(names)}, which is ignored.`);
  return notices;
}

const writeAgain = 'Save the weights again, as with safetensors.torch.save_file(model.state_dict(), …).';

/** @throws Error that says what to do about a file that holds no tensors */
function readFile(bytes: Uint8Array): ReadTensorFile {
  if (bytes.length === 0) throw new Error(`The file is empty. ${writeAgain}`);
  let file: ReadTensorFile;
  try {
    file = readTensorFile(bytes);
  } catch (error) {
    throw new Error(`${reasonOf(error)} ${writeAgain}`, { cause: error });
  }
  if (file.tensors.size + file.others.size === 0) throw new Error(`The file has no tensors. ${writeAgain}`);
  return file;
}

interface Prefixes {
  readonly recurrent: string;
  readonly head: string;
  /** Whether the names after `recurrent` are those of a single cell, without a layer. */
  readonly isCell: boolean;
}

function storedName(name: string, { recurrent, head, isCell }: Prefixes): string {
  if (name.startsWith(prefixes.recurrent)) {
    const ending = name.slice(prefixes.recurrent.length);
    return recurrent + (isCell ? ending.replace(/_l0$/, '') : ending);
  }
  return name.startsWith(prefixes.head) ? head + name.slice(prefixes.head.length) : name;
}

/** The prefixes that the experiment names, else those of the file's names where only one fits, else those written here. */
function prefixesOf({ tensors }: ReadTensorFile, learner: Learner, given: WeightsKey['names']): Prefixes {
  const names = [...tensors.keys()];
  const shape = learner.parameters.get('head.weight')?.shape.join();
  const fitting = prefixesBefore(names, 'weight').filter(
    (prefix) => tensors.get(`${prefix}weight`)?.shape.join() === shape,
  );
  const layers = prefixesBefore(names, inputWeights.layer);
  const cells = layers.length > 0 ? [] : prefixesBefore(names, inputWeights.cell);
  const recurrent = asPrefix(given.rnn) ?? onlyOne(prefixes.recurrent, [...layers, ...cells]);
  return {
    recurrent,
    head: asPrefix(given.head) ?? onlyOne(prefixes.head, fitting),
    isCell: !tensors.has(recurrent + inputWeights.layer) && tensors.has(recurrent + inputWeights.cell),
  };
}

/** A prefix as an experiment writes it, with the point that separates it from the rest of the name. */
function asPrefix(written: string | undefined): string | undefined {
  return written === undefined || written === '' || written.endsWith('.') ? written : `${written}.`;
}

function prefixesBefore(names: readonly string[], ending: string): readonly string[] {
  return names
    .filter((name) => name === ending || name.endsWith(`.${ending}`))
    .map((name) => name.slice(0, name.length - ending.length));
}

function onlyOne(usual: string, found: readonly string[]): string {
  const [first = usual, ...others] = found;
  return found.includes(usual) || others.length > 0 ? usual : first;
}

const isBias = (name: string): boolean => /(?:^|\.)bias(?:_|$)/.test(name);

/** Whether a layer was saved without biases: its weight is there and none of its biases. */
function hasNoBias({ tensors }: ReadTensorFile, bias: string): boolean {
  const recurrent = /bias_(?:ih|hh)(_l\d+)?$/.exec(bias);
  if (recurrent === null) return tensors.has(bias.replace(/bias$/, 'weight'));
  const [, layer = ''] = recurrent;
  const prefix = bias.slice(0, recurrent.index);
  return (
    tensors.has(`${prefix}weight_ih${layer}`) &&
    !tensors.has(`${prefix}bias_ih${layer}`) &&
    !tensors.has(`${prefix}bias_hh${layer}`)
  );
}

function checkTensor(name: string, tensor: StoredTensor, shape: readonly number[]): void {
  if (tensor.shape.join() !== shape.join()) {
    const advice = tensor.shape.toReversed().join() === shape.join() ? ' Transpose it.' : '';
    throw new Error(
      `Tensor ${quote(name)} is of shape [${tensor.shape.join(', ')}]; this model needs [${shape.join(', ')}].${advice}`,
    );
  }
  const broken = tensor.data.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (broken < 0) return;
  const value = tensor.data[broken] ?? NaN;
  const why = Number.isFinite(value) ? 'is beyond single precision (about ±3.4e38)' : 'is not finite';
  throw new Error(`Tensor ${quote(name)} has ${value} at element ${broken}, which ${why}.`);
}

/** @param parameter the name that this project writes */
function missingError(
  parameter: string,
  name: string,
  shape: readonly number[],
  { tensors, others }: ReadTensorFile,
  { isCell }: Prefixes,
): Error {
  const type = others.get(name);
  if (type !== undefined)
    return new Error(`Tensor ${quote(name)} is of type ${type}; F16, BF16, F32, F64 and I32 are read.`);
  const cellProblem = cellError(parameter, [...tensors.keys()], isCell);
  if (cellProblem !== undefined) return cellProblem;
  const ending = parameter.slice(parameter.indexOf('.') + 1);
  const endings = ending === inputWeights.layer ? [ending, inputWeights.cell] : [ending];
  const found = endings
    .flatMap((one) => prefixesBefore([...tensors.keys()], one))
    .map((prefix) => prefix.replace(/\.$/, ''));
  const key = parameter.startsWith(prefixes.head) ? keys.head : keys.recurrent;
  const advice =
    found.length > 0
      ? `Name the part in "weights": { "file": …, "names": { "${key}": … } }, one of ${quoteAll(found)}.`
      : 'Rename its tensors to "rnn.*" and "head.*", or name their prefixes in "weights": { "file": …, "names": { "rnn": …, "head": … } }.';
  return new Error(
    `The file has no tensor ${quote(name)} of shape [${shape.join(', ')}]; it has ${formatNames([...tensors.keys(), ...others.keys()])}. ${advice}`,
  );
}

/** The error of a file that has cells where this model has layers: what to set, rename or name; undefined for others. */
function cellError(parameter: string, names: readonly string[], isCell: boolean): Error | undefined {
  const cells = prefixesBefore(names, inputWeights.cell);
  const isFirstLayer = parameter.endsWith('_l0');
  const [first, second] = cells;
  if (first === undefined || !parameter.startsWith(prefixes.recurrent)) return undefined;
  if (isCell === isFirstLayer || prefixesBefore(names, inputWeights.layer).length > 0) return undefined;
  if (second === undefined) {
    if (!isCell) return undefined;
    const cell = quote(`${first}${inputWeights.cell}`);
    return new Error(`The file has one cell, ${cell} and so on, and this model has more layers. Set "layers" to 1.`);
  }
  const renamed = [first, second].map(
    (prefix, layer) =>
      `${quote(`${prefix}${inputWeights.cell}`)} to ${quote(`${prefixes.recurrent}weight_ih_l${layer}`)}`,
  );
  const named = cells.map((prefix) => prefix.replace(/\.$/, ''));
  return new Error(
    `The file has ${cells.length} cells: ${formatNames(named)}. If they are the layers of one net, rename ${renamed.join(', ')}, and so on; ` +
      `to use one of them, name it in "weights": { "file": …, "names": { "rnn": … } }.`,
  );
}

function formatNames(names: readonly string[]): string {
  const shown = names.slice(0, maxListedNames).map(escapeName).join(', ');
  return names.length > maxListedNames ? `${shown} and ${names.length - maxListedNames} more` : shown || 'none';
}
