/** The parts of cells that fold by themselves: the title of the cell, and the heading of the part. */
export const cellParts = {
  terms: ['Backward through time', 'The terms of ∂L/∂W, step by step'],
  inputs: ['Backward through time', 'The gradient of the inputs'],
  paths: ['Gradient flow: which loss reaches which step', 'The path through c beside that through h'],
  gain: ['Gradient flow: which loss reaches which step', 'Gain of each step back'],
  elements: ['Update', 'Every element of the parameter'],
  probabilities: ['Output', 'Probability of each sampled symbol'],
  symbols: ['Output', 'The number at each symbol of the coloured text'],
  text: ['Output', 'Text coloured by a unit'],
  states: ['Output', 'Hidden states and their projection'],
} as const;

/** How a part is named in the view's list of folded cells. */
export function partKey([cell, heading]: readonly [string, string]): string {
  return `${cell}: ${heading}`;
}
