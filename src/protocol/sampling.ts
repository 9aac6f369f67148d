import type { Inspection } from './inspection';

/** Symbols in a sample that the page shows. */
export const sampleLength = 240;

/** Symbols of the prompt that the page offers: the beginning of the sequence. */
export const promptSymbols = 8;

/** How the first text is sampled. */
export const firstSample = { temperature: 0.8, seed: 1 } as const;

/** Whether the network can read its own output. */
export function canSample({
  inputKind,
  lossKind,
  inputNames,
  outputNames,
}: Pick<Inspection, 'inputKind' | 'lossKind' | 'inputNames' | 'outputNames'>): boolean {
  const isSame = inputNames.length === outputNames.length && inputNames.every((name, i) => name === outputNames[i]);
  return inputKind === 'oneHot' && lossKind === 'crossEntropy' && isSame;
}
