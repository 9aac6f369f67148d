/** Why a headless run can't start; the message has the form `file:line:column: message`. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
