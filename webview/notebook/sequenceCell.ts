import type { Inspection } from '../../src/protocol/inspection';
import type { ReplayRequests } from '../../src/protocol/replayRequests';
import type { SequenceAxis } from '../plot/sequenceAxis';
import type { Model } from '../store/model';
import type { Theme } from '../theme/theme';
import type { CellTitle } from './cell/cellHelp';

/** What the sequence-time cells draw from. */
export interface SequenceDrawing {
  readonly model: Model;
  readonly inspection: Inspection;
  readonly axis: SequenceAxis;
  readonly theme: Theme;
}

/** One sequence-time cell. */
export interface SequenceCell {
  readonly number: number;
  readonly title: CellTitle;
  readonly element: HTMLElement;
  update(drawing: SequenceDrawing): void;
}

/** The step under the pointer, else the selected one. */
export function stepInFocus({ hover, view }: Model, steps: number): number | undefined {
  const t = hover?.t ?? view.selection?.t;
  return t === undefined || t >= steps ? undefined : t;
}

/** Which sequence the requests of these cells are about: that of the inspection. */
export function sequenceParams({ update, sequence, probe }: Inspection): ReplayRequests['inspect']['params'] {
  return probe === null ? { update, sequence } : { update, sequence, probe };
}
