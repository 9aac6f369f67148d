import type { RequestState } from '../../store/latestRequest';
import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import { translateMessage } from '../../../src/text/translate';

/** The line that replaces a picture while its data is loading, or says why it failed. */
export class RequestStatus {
  readonly element = element('p', { class: 'status-line', role: 'status' });

  /**
   * @param waiting text until the first reply
   * @param failure text before the reason of a failure; '' where the reason is enough
   */
  constructor(
    readonly waiting: string,
    readonly failure: string,
  ) {}

  update(state: RequestState<unknown>): void {
    setNotation(this.element, this.#textFor(state));
    this.element.hidden = this.element.textContent === '';
    this.element.classList.toggle('bad', state.kind === 'failed');
  }

  #textFor(state: RequestState<unknown>): string {
    switch (state.kind) {
      case 'none':
      case 'ready':
        return '';
      case 'waiting':
        return state.previous === undefined ? this.waiting : '';
      case 'failed':
        return this.failure === ''
          ? translateMessage(state.message)
          : `${this.failure}: ${translateMessage(state.message)}`;
      default:
        return state satisfies never;
    }
  }
}
