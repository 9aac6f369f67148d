import type { Store } from '../../store/store';
import { choice } from '../../ui/controls';
import type { CellTools } from '../cellDeclaration';
import type { SequenceDrawing } from '../sequenceCell';
import type { FlowPicture } from './flowPicture';

/** The choice between the selected sequence and the median over sequences. */
export function flowSubject(store: Store): CellTools<SequenceDrawing, FlowPicture> {
  const subject = choice<'sequence' | 'median'>('Of', (gradientFlowOf) => {
    store.dispatch({ kind: 'viewChanged', view: { gradientFlowOf } });
  });
  return {
    elements: [subject.element],
    update: ({ model, inspection }, shown) => {
      if (shown === undefined) return;
      subject.setOptions(
        [
          { value: 'sequence', label: `sequence ${inspection.sequence}` },
          { value: 'median', label: `median of ${shown.flow.medianOf} sequences` },
        ],
        model.view.gradientFlowOf,
      );
      subject.element.hidden = shown.flow.medianOf === 1;
    },
  };
}
