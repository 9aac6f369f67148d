import type { Quantity } from '../../store/model';
import { translate } from '../../../src/text/translate';

/** What the heatmap can show, in the course's notation. */
export const quantityNames: Readonly<Record<Quantity, string>> = {
  dh: '‖∂L/∂h_t‖',
  dhLocal: translate`‖∂L/∂h_t‖ without the path from t+1`,
  dc: '‖∂L/∂c_t‖',
  lossPerStep: 'L_t',
};
