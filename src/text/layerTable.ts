import { formatCount, formatExact, formatMebibytes, formatNumber } from './numbers';
import { translate } from './translate';

/** A layer of a net, as a table shows it. */
interface Layer {
  readonly name: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
}

const sum = (layers: readonly Layer[], of: (layer: Layer) => number): number =>
  layers.reduce((total, layer) => total + of(layer), 0);

/** The layers of a net, one a line, with a line for all of them. */
export function formatLayers(layers: readonly Layer[]): string {
  return [...layers, totalOf(layers)]
    .map(
      ({ name, parameters, multiplyAdds, bytes }) =>
        translate`${name}: ${formatCount(parameters, 'parameter')}, ${formatNumber(multiplyAdds)} multiply-adds, ${formatMebibytes(bytes)}`,
    )
    .join('\n');
}

/** The layers of a net as a Markdown table. */
export function layerTable(layers: readonly Layer[]): string {
  const rows = [...layers, totalOf(layers)].map(
    ({ name, parameters, multiplyAdds, bytes }) =>
      `| ${name} | ${formatExact(parameters)} | ${formatNumber(multiplyAdds)} | ${formatMebibytes(bytes)} |`,
  );
  return ['| Layer | Parameters | Multiply-adds | Memory |', '| :-- | --: | --: | --: |', ...rows].join('\n');
}

function totalOf(layers: readonly Layer[]): Layer {
  return {
    name: 'all',
    parameters: sum(layers, ({ parameters }) => parameters),
    multiplyAdds: sum(layers, ({ multiplyAdds }) => multiplyAdds),
    bytes: sum(layers, ({ bytes }) => bytes),
  };
}
