import { DisplaySeries } from '../../src/run/series/displaySeries';
import type { ComparedGroup, ComparedRun, ComparedSubject, ComparisonState } from '../../src/protocol/comparison';
import type { RunStatus } from '../../src/protocol/run';
import { standardCellStates, type CellStates, type CurveView, type ShownRun } from '../store/model';
import { restoreCellStates, viewToRestore } from '../store/savedView';

/** How the metrics of the validations begin among what the curves show. */
export const metricPrefix = 'validation/';

/** A metric of the validations, by its name in the records. */
export type MetricMeasure = `${typeof metricPrefix}${string}`;

/** What the curves show of each run. */
export type Measure = 'loss' | 'validationLoss' | 'gradNorm' | MetricMeasure;

/** Whether a value of a stored view, or a quantity, is a metric of the validations. */
export function isMetricMeasure(value: unknown): value is MetricMeasure {
  return typeof value === 'string' && value.startsWith(metricPrefix);
}

/** One run of the comparison. */
export interface Member {
  /** Constant while the panel is open; determines the colour and the dashes of the run. */
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus | undefined;
  readonly run: ShownRun | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly problem: string | undefined;
}

/** The user's settings of the comparison; restored after tab switches and window reloads. */
export interface ComparisonView extends CurveView, CellStates {
  readonly measure: Measure;
  readonly quantity: 'dh' | 'dhLocal';
  readonly layer: number;
  readonly range: readonly [number, number] | undefined;
  /** Whether runs that differ in their seed only are one line, their median with a band, or a line each. */
  readonly seeds: 'median' | 'runs';
}

/** Everything the comparison draws from. */
export interface Comparison {
  /** false until the host's first answer. */
  readonly isReady: boolean;
  readonly subjects: readonly ComparedSubject[];
  readonly keys: readonly string[];
  readonly members: readonly Member[];
  /** Of runs that differ in their seed only. */
  readonly groups: readonly ComparedGroup[];
  /** What the page says of itself; undefined in VS Code. */
  readonly note: string | undefined;
  readonly view: ComparisonView;
  /** The highlighted run, in all pictures. */
  readonly highlighted: number | undefined;
  /** Under the pointer. */
  readonly update: number | undefined;
  readonly t: number | undefined;
}

/** Everything that can happen to a comparison. */
export type ComparisonAction =
  | { readonly kind: 'comparisonLoaded'; readonly state: ComparisonState }
  | { readonly kind: 'statusChanged'; readonly id: number; readonly status: RunStatus }
  | { readonly kind: 'viewChanged'; readonly view: Partial<ComparisonView> }
  | {
      readonly kind: 'highlightChanged';
      readonly highlighted: number | undefined;
      readonly update: number | undefined;
      readonly t: number | undefined;
    };

const standardView: ComparisonView = {
  measure: 'loss',
  lossAxis: 'auto',
  smoothing: 0,
  quantity: 'dh',
  layer: 0,
  range: undefined,
  seeds: 'median',
  ...standardCellStates,
};

/** The model before the host's first answer, with the view of a stored state where it is valid. */
export function emptyComparison(saved: unknown): Comparison {
  return {
    isReady: false,
    subjects: [],
    keys: [],
    members: [],
    groups: [],
    note: undefined,
    view: restoreView(saved),
    highlighted: undefined,
    update: undefined,
    t: undefined,
  };
}

/** The comparison after an action. */
export function reduceComparison(model: Comparison, action: ComparisonAction): Comparison {
  switch (action.kind) {
    case 'comparisonLoaded':
      return {
        ...model,
        isReady: true,
        view: viewToRestore(model.view, action.state.saved, restoreView),
        subjects: action.state.subjects,
        keys: action.state.keys,
        members: action.state.runs.map(memberOf),
        groups: action.state.groups,
        note: action.state.note,
      };
    case 'statusChanged':
      return {
        ...model,
        members: model.members.map((member) => (member.id === action.id ? runUpdated(member, action.status) : member)),
      };
    case 'viewChanged':
      return { ...model, view: { ...model.view, ...action.view } };
    case 'highlightChanged':
      return { ...model, highlighted: action.highlighted, update: action.update, t: action.t };
    default:
      return action satisfies never;
  }
}

function memberOf({ id, name, status, data, values, problem }: ComparedRun): Member {
  const member = { id, name, status, values, problem };
  if (data === undefined || status === undefined) return { ...member, run: undefined };
  const series = new DisplaySeries(data.info.layout, data.info.recordEvery);
  series.write(data.series);
  return { ...member, run: { info: data.info, status, series, version: 1 } };
}

function runUpdated(member: Member, status: RunStatus): Member {
  const run = member.run && { ...member.run, status, version: member.run.version + 1 };
  return { ...member, status, run };
}

/** The stored view; invalid values get their default. */
function restoreView(saved: unknown): ComparisonView {
  const view = (saved as { readonly view?: Partial<Record<keyof ComparisonView, unknown>> } | null | undefined)?.view;
  const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
    known.find((name) => name === value) ?? otherwise;
  const count = (value: unknown): number =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
  return {
    measure: isMetricMeasure(view?.measure)
      ? view.measure
      : oneOf(view?.measure, ['loss', 'validationLoss', 'gradNorm'], standardView.measure),
    lossAxis: oneOf(view?.lossAxis, ['auto', 'linear', 'log'], standardView.lossAxis),
    smoothing: count(view?.smoothing),
    quantity: oneOf(view?.quantity, ['dh', 'dhLocal'], standardView.quantity),
    layer: count(view?.layer),
    range: undefined,
    seeds: oneOf(view?.seeds, ['median', 'runs'], standardView.seeds),
    ...restoreCellStates(view),
  };
}
