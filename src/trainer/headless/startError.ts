/**
 * Why a headless run can't start: one or more problems. A problem of a file has the form `file:line:column: message`; one of
 * the command line is the message alone.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
