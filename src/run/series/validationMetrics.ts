/**
 * What a validation measures besides the loss.
 *
 * Definitions:
 * - `accuracy`: the share of targets whose class has the largest output, as `accuracy_score` of scikit-learn; where several
 *   are largest, the first counts;
 * - `mostFrequent`: the accuracy of always predicting the class that is most frequent among these targets;
 * - `bits`: the mean cross-entropy per predicted character in bits, that is in nats divided by ln 2 (bits per character of
 *   Graves 2013, "Generating sequences with recurrent neural networks");
 * - `rmse`, `mae`: the root of the mean squared error and the mean absolute error of a target column, in its own unit.
 */
export type ValidationMetric =
  { readonly kind: 'accuracy' | 'mostFrequent' | 'bits' } | { readonly kind: 'rmse' | 'mae'; readonly target: string };

const names = { accuracy: 'accuracy', mostFrequent: 'most_frequent_class', bits: 'bits_per_character' } as const;

/** The name of a metric in the layout of records. */
export function metricName(metric: ValidationMetric): string {
  return 'target' in metric ? `${metric.kind}/${metric.target}` : names[metric.kind];
}

/** The metric with this name; undefined for a name that this version doesn't know. */
export function metricNamed(name: string): ValidationMetric | undefined {
  for (const kind of ['accuracy', 'mostFrequent', 'bits'] as const) if (names[kind] === name) return { kind };
  for (const kind of ['rmse', 'mae'] as const) {
    if (name.startsWith(`${kind}/`)) return { kind, target: name.slice(kind.length + 1) };
  }
  return undefined;
}
