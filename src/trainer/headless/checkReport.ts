/** One check and its result. `error`: it could not be judged. */
export interface CheckCase {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped' | 'error';
  /** What was found, with the numbers. */
  readonly message: string;
  /** Line of its key in the experiment, from 1; absent where it has none. */
  readonly line?: number;
}

/** The checks of one run, or of the gradients of one experiment. */
export interface CheckSuite {
  readonly name: string;
  /** Path of the experiment. */
  readonly file: string;
  readonly cases: readonly CheckCase[];
  readonly seconds: number;
}

/** Collects the checks of a command. */
export class CheckReport {
  readonly #suites: CheckSuite[] = [];

  get suites(): readonly CheckSuite[] {
    return this.#suites;
  }

  add(suite: CheckSuite): void {
    this.#suites.push(suite);
  }

  /** Adds a check that could not start. */
  addProblems(name: string, file: string, problems: readonly string[]): void {
    const cases = problems.map((message): CheckCase => ({ name: 'start', result: 'error', message }));
    this.add({ name, file, cases, seconds: 0 });
  }
}
