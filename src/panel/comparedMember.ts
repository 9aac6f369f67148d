import type { Disposable } from 'vscode';
import type { DisplaySeries } from '../run/series/displaySeries';
import { experimentName, readExperiment } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Target } from '../session/sessions';
import type { Subject } from './subject';
import { SubjectSession, type RunSources } from './subjectSession';
import { translate } from '../text/translate';

/** One run in a comparison. */
export class ComparedMember implements Disposable {
  readonly #run: SubjectSession;
  /** The name in the experiment's file, for a run that has not started yet. */
  #nameInFile = '';
  /** The series that was sent to the page, and how many of its updates. */
  sent: { readonly series: DisplaySeries; readonly updates: number } | undefined;

  /**
   * @param id identifies it within the comparison
   * @param onChange called when a stored run was read again from its folder
   */
  constructor(
    readonly id: number,
    readonly subject: Subject,
    sources: RunSources,
    onChange: () => void,
  ) {
    this.#run = new SubjectSession(subject, sources);
    this.#run.onDidChange(onChange);
  }

  get session(): Session | undefined {
    return this.#run.session;
  }

  get name(): string {
    const { subject } = this;
    const isUnnamed = subject.kind === 'experiment' && isExperimentItself(subject.target) && !this.session?.info;
    return isUnnamed ? experimentName(this.#nameInFile, subject.target.uri) : this.#run.name;
  }

  /** Why there is no session. */
  get problem(): string | undefined {
    if (this.session !== undefined) return undefined;
    return this.subject.kind === 'experiment' ? translate`not trained yet` : this.#run.problem;
  }

  /** Formatted start time of a stored run, which distinguishes runs with the same name; '' where it is unknown. */
  get startTime(): string {
    return this.#run.startTime('second');
  }

  /** Reads the run if it isn't loaded; for a run that this window trains, only its name. */
  async load(): Promise<void> {
    const { subject } = this;
    if (subject.kind === 'experiment' && this.session?.info === undefined) {
      this.#nameInFile = await nameInFile(subject.target);
    }
    await this.#run.load();
  }

  dispose(): void {
    this.#run.dispose();
  }
}

function isExperimentItself({ variant, seed }: Target): boolean {
  return variant === undefined && seed === undefined;
}

/** The name in an experiment's file; '' where it can't be read. */
async function nameInFile({ uri }: Target): Promise<string> {
  const parsed = await readExperiment(uri).catch(() => undefined);
  const resolved = parsed?.kind === 'experiment' ? parsed.file.resolve() : undefined;
  return resolved?.kind === 'resolved' ? resolved.experiment.name : '';
}
