import { formatExact } from '../../src/text/numbers';
import { element } from '../ui/element';
import { gutters, type TrainingAxis } from './trainingAxis';
import { translate } from '../../src/text/translate';

/** About how many numbers fit below a plot. */
const labels = 8;

/**
 * The numbers of the updates below a picture without an axis of its own. In the notebook it shares the axis of the cells
 * around it; presented alone it needs one.
 */
export class UpdateLabels {
  readonly element = element('div', { class: 'update-labels', 'aria-hidden': 'true' });

  update({ scale }: TrainingAxis): void {
    this.element.replaceChildren(
      ...scale.ticks(labels).map((update) => {
        const label = element('span', {}, formatExact(update));
        label.style.left = `${gutters.left + scale(update)}px`;
        return label;
      }),
      element('span', { class: 'axis-name' }, translate`update`),
    );
  }
}
