import { SequenceSurface, stepLabels, type PictureHandlers } from '../plot/sequenceSurface';
import { TrainingSurface } from '../plot/trainingSurface';
import type { CellContext } from './cell/cellDeclaration';
import type { Drawing } from './cell/cellFrame';
import { probeNote } from './probe/probeName';
import type { Model } from '../store/model';
import type { SequenceDrawing } from './sequenceCell';

/** The time axis of a cell: the surface over its picture, and the labels below it, where the picture draws none. */
export interface TimeAxis<D> {
  /** Whether the pointer is at a time of this axis, in this picture or in another one. */
  isPointed(model: Model): boolean;
  /** What is said before the summary where the cell is not about the training; empty where it is. */
  note?(drawing: D): string;
  surface(context: CellContext, label: string, handlers?: PictureHandlers): PictureSurface<D>;
  labels?(drawing: D): HTMLElement;
}

/** The surface over a picture. */
export interface PictureSurface<D> {
  readonly element: HTMLElement;
  /** @param rows time steps on the y axis of a picture of training time */
  update(drawing: D, rows: number | undefined): void;
}

/** x: updates. */
export const trainingTime: TimeAxis<Drawing> = {
  isPointed: ({ hover }) => hover !== undefined,
  surface: ({ store, zoom }, label) => {
    const surface = new TrainingSurface(store, zoom, label);
    return {
      element: surface.element,
      update: ({ axis }, rows) => {
        surface.update(axis, rows === undefined ? undefined : { rows });
      },
    };
  },
};

/** x: time steps of the inspected update. */
export const sequenceTime: TimeAxis<SequenceDrawing> = {
  isPointed: ({ hover }) => hover?.t !== undefined,
  note: ({ inspection }) => probeNote(inspection),
  surface: ({ store, zoom }, label, handlers) => new SequenceSurface(store, zoom, label, handlers),
  labels: ({ axis }) => stepLabels(axis),
};
