/** Something that keeps a headless run from starting; the message is already in the form `file:line:column: message`. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
