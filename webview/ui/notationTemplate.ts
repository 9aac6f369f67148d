import { guard } from 'lit-html/directives/guard.js';
import { notation } from './notation';

/** `notation` in a template: its elements stay as long as the text is the same. */
export function notationIn(text: string): unknown {
  return guard([text], () => notation(text));
}
