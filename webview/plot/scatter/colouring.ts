import { interpolateRainbow, interpolateViridis, schemeTableau10 } from 'd3-scale-chromatic';
import type { Projection } from '../../../src/protocol/output';
import { formatNumber } from '../../../src/text/numbers';
import type { StateColour } from '../../store/model';
import type { Theme } from '../../theme/theme';
import { translate } from '../../../src/text/translate';

/** The colours of the points, and their legend. */
export interface Colouring {
  /** (N) CSS colours; undefined for a point without the property. */
  readonly colours: readonly (string | undefined)[];
  readonly legend: readonly { readonly color: string; readonly words: string }[];
}

/** The most symbols or classes with distinct colours and entries in the legend. */
const mostNamed = schemeTableau10.length;
const stops = 5;

/** Names of the inputs and of the outputs. */
export interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The properties by which the points of this projection can be coloured, the most informative first. */
export function colourings(
  { inputs, topPredictions, targets, values }: Projection,
  names: Names,
): readonly StateColour[] {
  const hasInputs = inputs.some((index) => index >= 0);
  const hasAnswers = topPredictions.some((index) => index >= 0);
  const canBoth = hasInputs && hasAnswers && names.inputs.length * names.outputs.length <= mostNamed;
  return [
    ...(canBoth ? ['both' as const] : []),
    ...(hasAnswers ? ['topPrediction' as const] : []),
    ...(hasInputs ? ['input' as const] : []),
    ...(targets.some((index) => index >= 0) ? ['target' as const] : []),
    ...(values.some((value) => !Number.isNaN(value)) ? ['value' as const] : []),
    'step' as const,
  ];
}

/** Colours the points of a projection. */
export function colour(projection: Projection, by: StateColour, names: Names, theme: Theme): Colouring {
  switch (by) {
    case 'step':
      return gradual(projection.steps, theme, (value) => `t = ${value}`);
    case 'value':
      return gradual(projection.values, theme, formatNumber);
    case 'both':
      return named(
        projection.inputs.map((input, n) => input * names.outputs.length + (projection.topPredictions[n] ?? 0)),
        names.inputs.flatMap((input) => names.outputs.map((output) => `${input}, ${output}`)),
      );
    case 'input':
      return named(projection.inputs, names.inputs);
    case 'topPrediction':
      return named(projection.topPredictions, names.outputs);
    case 'target':
      return named(projection.targets, names.outputs);
    default:
      return by satisfies never;
  }
}

/** One colour per name; if there are too many, their order is mapped to the hue circle. */
function named(indices: Int32Array, names: readonly string[]): Colouring {
  const { colourOf, legend } = nameColours(names);
  return { colours: Array.from(indices, (index) => (index < 0 ? undefined : colourOf(index))), legend };
}

/** The colours of names by their index, and their legend. */
export function nameColours(
  names: readonly string[],
): Pick<Colouring, 'legend'> & { readonly colourOf: (index: number) => string } {
  const few = names.length <= mostNamed;
  const of = (index: number): string =>
    few ? (schemeTableau10[index] ?? 'gray') : interpolateRainbow(index / names.length);
  return {
    colourOf: of,
    legend: few
      ? names.map((name, index) => ({ color: of(index), words: name }))
      : [{ color: of(0), words: translate`${names.length} symbols, in order around the hue circle` }],
  };
}

function gradual(values: Int32Array | Float64Array, theme: Theme, write: (value: number) => string): Colouring {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const isDark = theme.kind === 'dark' || theme.kind === 'highContrast';
  // The end of the scale that is close to the background is left out.
  const [from, to] = isDark ? [0.25, 1] : [0, 0.85];
  const at = (share: number): string => interpolateViridis(from + share * (to - from));
  const shareOf = (value: number): number => (most > least ? (value - least) / (most - least) : 0);
  return {
    colours: Array.from(values, (value) => at(shareOf(value))),
    legend: Array.from({ length: stops }, (_, i) => {
      const value = least + (i / (stops - 1)) * (most - least);
      return { color: at(i / (stops - 1)), words: write(values instanceof Int32Array ? Math.round(value) : value) };
    }),
  };
}
