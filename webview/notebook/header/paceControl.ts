import { isLive } from '../../../src/protocol/run';
import { formatPace, neighbouringPace, paces, type Pace } from '../../../src/protocol/pace';
import type { Model } from '../../store/model';
import { choice } from '../../ui/controls';
import { translate } from '../../../src/text/translate';

/** The choice of the pace of a run that trains. */
export interface PaceControl {
  readonly element: HTMLElement;
  update(model: Model): void;
}

/** @param setPace asks the host for another pace */
export function paceControl(setPace: (pace: Pace) => void): PaceControl {
  const control = choice<`${Pace}`>(translate`Pace`, (value) => {
    const pace = paces.find((one) => String(one) === value);
    if (pace !== undefined) setPace(pace);
  });
  control.element.title = translate`How many updates are trained in a second; the results are the same at every pace`;
  return {
    element: control.element,
    update(model) {
      const pace = paceOf(model);
      control.element.hidden = pace === undefined;
      if (pace === undefined) return;
      const options = paces.map((one) => ({ value: `${one}` as const, label: formatPace(one) }));
      control.setOptions(options, `${pace}`);
    },
  };
}

/**
 * The pace that a key asks for: `<` is slower, `>` is faster.
 *
 * @returns undefined for any other key, at the ends, and where no run trains
 */
export function paceOfKey(key: string, model: Model): Pace | undefined {
  const pace = paceOf(model);
  if (pace === undefined || (key !== '<' && key !== '>')) return undefined;
  const next = neighbouringPace(pace, key === '<' ? 'slower' : 'faster');
  return next === pace ? undefined : next;
}

function paceOf({ run }: Model): Pace | undefined {
  return run !== undefined && isLive(run.status.state) ? run.status.pace : undefined;
}
