import type { RequestState } from '../store/latestRequest';
import { element, setText } from '../ui/element';

/** The line that stands where an answer is not there yet, or cannot be had. */
export class RequestStatus {
  readonly element = element('p', { class: 'status-line', role: 'status' });

  /**
   * @param waiting what is being done until the first answer comes
   * @param failure what cannot be shown, before the reason; '' where the reason says it all
   */
  constructor(
    readonly waiting: string,
    readonly failure: string,
  ) {}

  update(answer: RequestState<unknown>): void {
    setText(this.element, this.#textFor(answer));
    this.element.hidden = this.element.textContent === '';
    this.element.classList.toggle('bad', answer.kind === 'failed');
  }

  #textFor(answer: RequestState<unknown>): string {
    switch (answer.kind) {
      case 'none':
      case 'ready':
        return '';
      case 'waiting':
        return answer.previous === undefined ? this.waiting : '';
      case 'failed':
        return this.failure === '' ? answer.message : `${this.failure}: ${answer.message}`;
      default:
        return answer satisfies never;
    }
  }
}
