import { cellParts } from '../../store/cellParts';
import { formatExact } from '../../../src/text/numbers';
import type { Inspection } from '../../../src/protocol/inspection';
import { canSample, sampleLength } from '../../../src/protocol/sampling';
import { latestValue } from '../../store/latestRequest';
import { element } from '../../ui/element';
import type { PredictionsRequest } from '../../../src/protocol/predictions';
import type { View } from '../../store/model';
import { requester } from '../dataSources';
import type { CellContext, CellPart, DataSource, CellDeclaration } from '../cell/cellDeclaration';
import { sequenceParams, type SequenceDrawing } from '../sequenceCell';
import type { Output } from './output';
import { outputTable } from './outputTables';
import { promptFor, SampleView } from './sampleView';
import { HeldOutView } from './heldOutView';
import { ColouredTextView } from './colouredText';
import { formatScores } from './formatScores';
import { ScoresView } from './scoresView';
import { foldablePart } from '../cell/foldablePart';
import { StatesView } from './statesView';
import { translate } from '../../../src/text/translate';
import './output.css';

/** [17] What the network does at this update: sampled text, accuracy by position, hidden states. */
export const outputCell: CellDeclaration<SequenceDrawing, Output> = {
  number: 17,
  title: 'Output',
  source: outputOf,
  // It is computed again for every selected update.
  onlyInWindow: true,
  summary: ({ scores }, { inspection }) => {
    const known = latestValue(scores);
    return summary(
      inspection,
      known?.update === inspection.update ? formatScores(known, inspection.scaling) : undefined,
    );
  },
  table: ({ projection }, { inspection }) => {
    const known = latestValue(projection);
    return known && { dependsOn: [known], make: () => outputTable(known, inspection) };
  },
  parts: (context) => {
    const { store, zoom } = context;
    const views: readonly CellPart<SequenceDrawing, Output>[] = [
      new SampleView(context),
      foldablePart<SequenceDrawing, Output>(
        context,
        cellParts.text,
        new ColouredTextView(context),
        (_, { inspection }) => inspection.inputKind === 'oneHot',
      ),
      new HeldOutView(context),
      new ScoresView(context),
      foldablePart(context, cellParts.states, new StatesView(store, zoom)),
    ];
    return {
      below: {
        element: element('div', {}, ...views.map((view) => view.element)),
        update: (output, drawing) => {
          for (const view of views) view.update(output, drawing);
        },
      },
    };
  },
};

/** The output of the inspected update; that of the last one seen while the cell is not in the window. */
function outputOf(context: CellContext): DataSource<SequenceDrawing, Output> {
  const sample = requester(context, 'sample');
  const scores = requester(context, 'scores');
  const predictions = requester(context, 'predictions');
  const projection = requester(context, 'project');
  const none = { kind: 'none' } as const;
  let output: Output = { sample: none, scores: none, predictions: none, projection: none };
  return {
    dataFor: (drawing, isVisible) => {
      if (!isVisible) return output;
      const { inspection, model } = drawing;
      const { view, run } = model;
      const { update } = inspection;
      const folder = String(run?.info.folder);
      const { temperature, sampleSeed: seed, heldOutSequence } = view;
      const prompt = promptFor(inspection, view);
      const layer = Math.min(view.layer, inspection.layers.length - 1);
      output = {
        sample: canSample(inspection)
          ? sample.request({ update, prompt, temperature, seed, length: sampleLength }, folder)
          : none,
        scores: scores.request({ update, sequence: heldOutSequence }, folder),
        predictions: inspection.scaling === null ? none : predictions.request(requestedRows(inspection, view), folder),
        projection: projection.request({ ...sequenceParams(inspection), layer }, folder),
      };
      return output;
    },
  };
}

/** The visible held-out rows of the chosen target. */
function requestedRows(
  { update, scaling }: Inspection,
  { output, heldOutRange }: Pick<View, 'output' | 'heldOutRange'>,
): PredictionsRequest {
  // Classes are one column.
  const column = Math.max(0, Math.min(output, (scaling?.targets.length ?? 0) - 1));
  return heldOutRange === undefined
    ? { update, column, from: 0 }
    : { update, column, from: Math.floor(heldOutRange[0]), to: Math.ceil(heldOutRange[1]) };
}

function summary({ update }: Inspection, scores: string | undefined): string {
  const net = translate`What the network does with its weights before update ${formatExact(update)}.`;
  return scores === undefined ? net : `${net} ${scores}`;
}
