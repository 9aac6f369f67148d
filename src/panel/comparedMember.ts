import type { Disposable } from 'vscode';
import type { DisplaySeries } from '../run/series/displaySeries';
import { experimentName, readExperiment } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Target } from '../session/sessions';
import type { Subject } from './subject';
import { SubjectSession, type RunSources } from './subjectSession';

/** One run of a comparison. */
export class ComparedMember implements Disposable {
  readonly #run: SubjectSession;
  /** The name in the experiment's file, for a run that has not started yet. */
  #nameInFile = '';
  /** The series that the page has, and how many of its updates. */
  sent: { readonly series: DisplaySeries; readonly updates: number } | undefined;

  /**
   * @param id its number in the comparison
   * @param onChange called when a run that is read from its folder was read again
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
    const isUnnamed = subject.kind === 'experiment' && subject.target.variant === undefined && !this.session?.info;
    return isUnnamed ? experimentName(this.#nameInFile, subject.target.uri) : this.#run.name;
  }

  /** Why there is no session. */
  get problem(): string | undefined {
    if (this.session !== undefined) return undefined;
    return this.subject.kind === 'experiment' ? 'not trained yet' : this.#run.problem;
  }

  /** When it was started, where its folder says so: it tells runs of one name apart. */
  get startTime(): string {
    return this.#run.startTime('second');
  }

  /** Reads the run where that has not been done; of one that this window trains, only its name. */
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

/** The name in an experiment's file; '' where there is none that can be read. */
async function nameInFile({ uri }: Target): Promise<string> {
  const parsed = await readExperiment(uri).catch(() => undefined);
  const resolved = parsed?.kind === 'experiment' ? parsed.file.resolve() : undefined;
  return resolved?.kind === 'resolved' ? resolved.experiment.name : '';
}
