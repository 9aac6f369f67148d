import { translate } from './translate';

// A Map, because names come from files, and an object would also have inherited keys.
const parameters: ReadonlyMap<string, string> = new Map([
  ['weight_ih', 'W_xh'],
  ['weight_hh', 'W_hh'],
  ['bias_ih', 'b_h (input)'],
  ['bias_hh', 'b_h (recurrent)'],
]);

const heads: ReadonlyMap<string, string> = new Map([
  ['head.weight', 'W_hy'],
  ['head.bias', 'b_y'],
]);

/** The course's name of a parameter, followed by PyTorch's. */
export function formatParameterName(name: string): string {
  const [, kind = '', layer = ''] = /^(?:rnn\.)?([a-z]+_[a-z]+)_l(\d+)$/.exec(name) ?? [];
  const course = parameters.get(kind);
  if (course !== undefined) return translate`${course}, layer ${layer} — ${name}`;
  const head = heads.get(name);
  return head === undefined ? name : `${head} — ${name}`;
}

const values: ReadonlyMap<string, string> = new Map([
  ['inputs', 'x_t'],
  ['h', 'h_t'],
  ['c', 'c_t'],
  ['h0', translate`the carried h`],
  ['c0', translate`the carried c`],
  ['gates', translate`the gates`],
  ['outputs', 'ŷ_t'],
  ['loss', translate`the loss L`],
  ['dOutputs', '∂L/∂ŷ_t'],
  ['dh', '∂L/∂h_t'],
  ['dhLocal', translate`the local part of ∂L/∂h_t`],
  ['dc', '∂L/∂c_t'],
  ['dgates', translate`∂L/∂ of the gates`],
  ['grad', translate`the norm of the gradient`],
  ['next', translate`a weight after the step`],
]);

/** A vanilla RNN has no gates: in a capture, the tensor with that name is its activation. */
const valuesWithoutGates: ReadonlyMap<string, string> = new Map([
  ['gates', translate`the activation`],
  ['dgates', translate`∂L/∂ of the pre-activation`],
]);

/**
 * The course's name of a captured tensor, followed by its name in the capture.
 *
 * @param isGated whether the recurrent cell has gates
 */
export function formatTensorName(name: string, isGated: boolean): string {
  const [, of, parameter] = /^(grad|next)\/(.*)$/.exec(name) ?? [];
  const symbol = symbolOf(parameter ?? name, isGated);
  if (symbol === undefined) return name;
  const written = of === 'grad' ? `∂L/∂${symbol}` : of === 'next' ? translate`${symbol} after the step` : symbol;
  return `${written} (${name})`;
}

function symbolOf(name: string, isGated: boolean): string | undefined {
  const kind = name.replace(/^rnn\./, '').replace(/_l\d+$/, '');
  const ownValue = isGated ? undefined : valuesWithoutGates.get(kind);
  return ownValue ?? values.get(kind) ?? parameters.get(kind) ?? heads.get(name);
}
