/** The label of a tick of a vertical axis. */
export interface TickLabel {
  /** Pixels along the axis. */
  readonly pixel: number;
  /** '' for a tick without a label. */
  readonly text: string;
  /** Whether it is one of the axis's main numbers, as the powers of ten of a logarithmic axis. */
  readonly isMajor: boolean;
}

/**
 * Which labels can be shown without overlap: the main numbers first, then the others, each in the order of the ticks.
 * The ticks of a logarithmic axis are not evenly spaced, so chart.js, which skips labels by their number, leaves some
 * that overlap.
 *
 * @param height pixels of a line of text
 */
export function labelsThatFit(labels: readonly TickLabel[], height: number): readonly boolean[] {
  const shown = new Set<TickLabel>();
  for (const label of [...labels.filter(({ isMajor }) => isMajor), ...labels.filter(({ isMajor }) => !isMajor)]) {
    const isFree = [...shown].every(({ pixel }) => Math.abs(pixel - label.pixel) >= height);
    if (label.text !== '' && isFree) shown.add(label);
  }
  return labels.map((label) => shown.has(label));
}
