import type { SavedPageView } from '../../src/protocol/page';
import {
  asTrained,
  standardFolded,
  standardView,
  type CellPartName,
  type CellStates,
  type Model,
  type View,
  type WhatIfSettings,
} from './model';

/** The state that VS Code stores for the panel. */
export interface SavedState {
  readonly uri: string;
  readonly variant?: string;
  readonly seed?: number;
  readonly folder?: string;
  readonly view: View;
}

/** The state to store for this model. */
export function savedStateOf({ uri, variant, seed, folder, view }: Model): SavedState {
  return {
    uri,
    ...(variant === undefined ? {} : { variant }),
    ...(seed === undefined ? {} : { seed }),
    ...(folder === undefined ? {} : { folder }),
    view,
  };
}

/** Whether two states are equal; an unchanged view is the same object. */
export function isSameState(one: SavedState, other: SavedState): boolean {
  const isSameRun = one.variant === other.variant && one.seed === other.seed && one.folder === other.folder;
  return one.view === other.view && one.uri === other.uri && isSameRun;
}

/** The view of a stored state; what an older version lacks or wrote differently gets its default. */
export function restoreView(saved: unknown): View {
  const view = field(saved, 'view');
  const pick = <K extends keyof View>(key: K, fits: (value: unknown) => boolean): View[K] => {
    const value = field(view, key);
    return fits(value) ? (value as View[K]) : standardView[key];
  };
  const isPair = (value: unknown): boolean =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1];
  return {
    lossAxis: pick('lossAxis', (value) => ['auto', 'linear', 'log'].includes(value as string)),
    smoothing: pick('smoothing', isCount),
    quantity: pick('quantity', (value) => ['dh', 'dhLocal', 'dc', 'lossPerStep'].includes(value as string)),
    layer: pick('layer', isCount),
    parameter: pick('parameter', (value) => typeof value === 'string'),
    sequence: pick('sequence', isCount),
    probe: pick('probe', isProbe),
    textColour: pick('textColour', (value) => typeof value === 'string'),
    textUnit: pick('textUnit', isCount),
    range: pick('range', isPair),
    stepRange: pick('stepRange', isPair),
    net: pick('net', (value) => ['line', 'loop'].includes(value as string)),
    node: pick('node', (value) => typeof value === 'string'),
    unit: pick('unit', isCount),
    gradientNode: pick('gradientNode', (value) => typeof value === 'string'),
    prompt: pick('prompt', (value) => typeof value === 'string'),
    temperature: pick('temperature', (value) => typeof value === 'number' && value >= 0),
    sampleSeed: pick('sampleSeed', Number.isSafeInteger),
    selection: pick('selection', (value) => isCount(field(value, 'update'))),
    fittedColours: pick(
      'fittedColours',
      (value) => isPair([field(value, 'from'), field(value, 'to')]) && isCount(field(value, 'updates')),
    ),
    horizons: pick('horizons', isMeasuredHorizons),
    clipThreshold: pick('clipThreshold', isPositive),
    output: pick('output', isCount),
    validationMeasure: pick('validationMeasure', (value) => typeof value === 'string'),
    gradientFlowOf: pick('gradientFlowOf', (value) => ['sequence', 'median'].includes(value as string)),
    gradientFlowState: pick('gradientFlowState', (value) => ['h', 'c'].includes(value as string)),
    gradientFlowLoss: pick('gradientFlowLoss', isCount),
    gradientFlowColours: pick(
      'gradientFlowColours',
      (value) => isPair([field(value, 'from'), field(value, 'to')]) && isCount(field(value, 'layer')),
    ),
    netLimits: pick('netLimits', isLimits),
    netGradient: pick('netGradient', (value) => typeof value === 'boolean'),
    netGradientLimit: pick('netGradientLimit', (value) => typeof value === 'number' && value >= 0 && value < Infinity),
    heldOutSequence: pick('heldOutSequence', isCount),
    heldOutRange: pick('heldOutRange', isPair),
    stateColour: pick('stateColour', (value) =>
      ['step', 'both', 'input', 'topPrediction', 'target', 'value'].includes(value as string),
    ),
    openedRun: pick('openedRun', (value) => typeof value === 'string'),
    whatIf: restoreWhatIf(field(view, 'whatIf')),
    ...restoreCellStates(view, standardFolded),
  };
}

/**
 * The page's view, or what the host has stored of it: all, or of a panel that was closed only the folded and open parts of
 * its cells.
 *
 * @param restore reads a whole stored view
 * @param folded the folded cells where the stored view has no list of them
 */
export function viewToRestore<V extends CellStates>(
  view: V,
  saved: SavedPageView | undefined,
  restore: (saved: SavedPageView) => V,
  folded?: readonly string[],
): V {
  if (saved === undefined) return view;
  if (saved.isOfThisPanel) return restore(saved);
  return { ...view, ...restoreCellStates(saved.view, folded), presented: undefined };
}

/**
 * The folded and open parts of cells in a stored view; what is not a title is dropped.
 *
 * @param folded the folded cells where the view has no list of them
 */
export function restoreCellStates(view: unknown, folded: readonly string[] = []): CellStates {
  const titles = (part: CellPartName, standard: readonly string[] = []): readonly string[] => {
    const value = field(view, part);
    return Array.isArray(value) ? value.filter((title) => typeof title === 'string') : standard;
  };
  const presented = field(view, 'presented');
  return {
    folded: titles('folded', folded),
    helpOpen: titles('helpOpen'),
    tablesOpen: titles('tablesOpen'),
    presented: typeof presented === 'string' ? presented : undefined,
  };
}

function restoreWhatIf(saved: unknown): WhatIfSettings {
  const pick = <K extends keyof WhatIfSettings>(key: K, fits: (value: unknown) => boolean): WhatIfSettings[K] => {
    const value = field(saved, key);
    return fits(value) ? (value as WhatIfSettings[K]) : asTrained[key];
  };
  return {
    clipping: pick('clipping', (value) => ['trained', 'none', 'norm', 'value', 'hidden'].includes(value as string)),
    threshold: pick('threshold', isPositive),
    covered: pick('covered', (value) => ['trained', 'full', 'last'].includes(value as string)),
    backward: pick('backward', (value) => isCount(value) && value !== 0),
    learningRate: pick('learningRate', isPositive),
  };
}

function isMeasuredHorizons(value: unknown): boolean {
  const measured = field(value, 'measured');
  const isSteps = (steps: unknown): boolean => steps === null || isCount(steps);
  return (
    typeof field(value, 'folder') === 'string' &&
    isCount(field(value, 'layer')) &&
    Array.isArray(measured) &&
    measured.every(
      (one) =>
        isCount(field(one, 'update')) &&
        isSteps(field(one, 'horizon')) &&
        isSteps(field(one, 'cellStateHorizon') ?? null) &&
        isSteps(field(one, 'longestLag')),
    )
  );
}

function isProbe(value: unknown): boolean {
  switch (field(value, 'kind')) {
    case 'heldOut':
      return isCount(field(value, 'sequence'));
    case 'text':
      return typeof field(value, 'text') === 'string';
    case 'row':
      return isCount(field(value, 'line'));
    default:
      return false;
  }
}

function isLimits(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((limit) => Number.isFinite(limit) && limit >= 0)
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
