import type { Store } from '../../store/store';
import { choice } from '../../ui/controls';
import type { CellTools } from '../cell/cellDeclaration';
import type { SequenceDrawing } from '../sequenceCell';
import { sequenceName } from '../probe/probeName';
import type { FlowPicture } from './flowPicture';
import { translate } from '../../../src/text/translate';

/** The choices between the selected sequence and the median over sequences, and between h_t and c_t. */
export function flowSubject(store: Store): CellTools<SequenceDrawing, FlowPicture> {
  const subject = choice<'sequence' | 'median'>(translate`Of`, (gradientFlowOf) => {
    store.dispatch({ kind: 'viewChanged', view: { gradientFlowOf } });
  });
  const state = choice<'h' | 'c'>(translate`Gradient at`, (gradientFlowState) => {
    store.dispatch({ kind: 'viewChanged', view: { gradientFlowState } });
  });
  return {
    elements: [subject.element, state.element],
    update: ({ model, inspection }, shown) => {
      if (shown === undefined) return;
      subject.setOptions(
        [
          { value: 'sequence', label: sequenceName(inspection) },
          { value: 'median', label: translate`median of ${shown.flow.medianOf} sequences` },
        ],
        model.view.gradientFlowOf,
      );
      subject.element.hidden = shown.flow.medianOf === 1;
      state.setOptions(
        [
          { value: 'h', label: 'h_k' },
          { value: 'c', label: 'c_k' },
        ],
        shown.state,
      );
      state.element.hidden = shown.flow.c === null;
    },
  };
}
