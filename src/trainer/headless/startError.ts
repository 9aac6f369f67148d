/** Something that keeps a headless run from starting; the message is already in the form `file:line:column: message`. */
export class StartError extends Error {
  override readonly name = 'Refused';
}
