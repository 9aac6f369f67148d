import {
  commands,
  Selection,
  window,
  workspace,
  type Disposable,
  type Uri,
  type WebviewView,
  type WebviewViewProvider,
} from 'vscode';
import { questionsOf, type Lesson, type LessonPlace, type Question } from '../../lessons/lesson';
import { DisposableStore } from '../../platform/disposable';
import { experimentGlob, languageId, settings } from '../../platform/ids';
import type { Log } from '../../platform/log';
import { Throttler } from '../../platform/throttler';
import { reasonOf, type Channel } from '../../protocol/channel';
import {
  lessonsRequests,
  type AnswerReply,
  type LessonAction,
  type LessonShown,
  type LessonsHostContract,
  type LessonsState,
} from '../../protocol/lessons';
import type { PageContract } from '../../protocol/page';
import type { OpenPlace } from '../../protocol/panel';
import { fileNameOf } from '../../session/experimentText';
import type { Target } from '../../session/sessions';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import { pageOf, webviewRoot } from '../page';
import { connectPage } from '../pageChannel';
import type { RunSources } from '../subjectSession';
import { LessonFiles, type LessonFile } from './lessonFiles';
import type { LessonProgress } from './lessonProgress';
import { checkAnswer, type GivenAnswer } from './lessonQuestions';
import { LessonRunError, LessonRuns } from './lessonRun';
import type { LessonRunState, Saving } from './lessonRunState';
import type { LessonSamples } from './lessonSample';
import { entryOf, nextQuestion, partsShown } from './lessonShown';
import { targetAt } from './lessonTarget';
import { translate } from '../../text/translate';

/** What the view uses of the extension. */
interface LessonsParts {
  readonly sources: RunSources;
  readonly samples: LessonSamples;
  readonly progress: LessonProgress;
  /** Starts the trainer that replays single updates. */
  readonly startWorker: StartTrainerWorker;
  /** Trains a target and shows its panel. */
  readonly train: (target: Target) => Promise<void>;
  /** Shows the run of a target at a place, once it is trained to there, and marks the cell. */
  readonly showPlace: (target: Target, place: OpenPlace) => Promise<void>;
  /** Folder of the lessons of the course. */
  readonly course: Uri;
  readonly extension: Uri;
  readonly log: Log;
}

const refreshMilliseconds = 500;

const retrain: LessonAction = { does: 'retrain', label: translate`Train it again` };
const openSetting: LessonAction = { does: 'openSetting', label: translate`Open the setting` };
const copySample: LessonAction = { does: 'copySample', label: translate`Copy the sample and train it` };

/** A lesson whose file is one. */
interface OpenLesson {
  readonly file: LessonFile;
  readonly lesson: Lesson;
}

/** The view "Lessons": a list of lessons, or one of them, whose answers are checked against the engine's numbers. */
export class LessonsView implements WebviewViewProvider, Disposable {
  readonly #owned = new DisposableStore();
  readonly #files: LessonFiles;
  readonly #runs: LessonRuns;
  readonly #changes: Throttler;
  #view: WebviewView | undefined;
  #channel: Channel<LessonsHostContract, PageContract> | undefined;
  #openId: string | undefined;

  constructor(readonly parts: LessonsParts) {
    const { sources, startWorker, course } = parts;
    this.#changes = this.#owned.add(new Throttler(refreshMilliseconds, () => this.#announce()));
    this.#files = this.#owned.add(new LessonFiles(course, () => this.#announce()));
    this.#runs = this.#owned.add(new LessonRuns(sources, startWorker));
    const refresh = (): void => {
      if (this.#openId !== undefined) this.#changes.schedule();
    };
    this.#owned.add(sources.sessions.onDidChange(refresh));
    this.#owned.add(sources.index.onDidChange(refresh));
    const experiments = this.#owned.add(workspace.createFileSystemWatcher(experimentGlob));
    for (const event of [experiments.onDidChange, experiments.onDidCreate, experiments.onDidDelete]) {
      this.#owned.add(event(refresh));
    }
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settings.section}.${settings.keepRecords}`)) refresh();
      }),
    );
    // An experiment is read as its editor has it, which may follow the file a moment later.
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === languageId) refresh();
      }),
    );
  }

  resolveWebviewView(view: WebviewView): void {
    const { extension, log } = this.parts;
    this.#view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extension)] };
    this.#channel = connectPage<LessonsHostContract>('Lessons', view.webview, log, lessonsRequests, {
      ready: () => this.#state(),
      open: ({ id }) => this.#open(id),
      close: () => this.#close(),
      start: ({ id, does }) => this.#start(id, does),
      answer: ({ id, question, text }) => this.#answer(id, question, { kind: 'text', text }),
      choose: ({ id, question, choice }) => this.#answer(id, question, { kind: 'choice', choice }),
      reveal: ({ id, question }) => this.#answer(id, question, { kind: 'none' }),
      reset: async ({ id }) => {
        await this.parts.progress.reset(await this.#fileOf(id));
        return this.#announce();
      },
      edit: ({ id }) => this.#edit(id),
    });
    view.onDidDispose(() => {
      this.#channel?.close('The view was closed.');
      this.#channel = undefined;
      this.#view = undefined;
    });
    view.webview.html = pageOf(view.webview, extension, 'lessons');
  }

  dispose(): void {
    this.#channel?.close('The view was closed.');
    this.#owned.dispose();
  }

  async #open(id: string): Promise<undefined> {
    const { file, lesson } = await this.#lessonOf(id);
    this.#openId = id;
    this.#runs.dispose();
    await this.#announce();
    const { uri } = await this.parts.samples.find(file, lesson);
    if (uri === undefined) return undefined;
    const target = await targetAt(uri, lesson.place);
    const { kind } = await this.#runs.of(target).state(lesson.place.update ?? 0);
    if (kind === 'trained') await this.#show(target, lesson.place);
    return undefined;
  }

  async #close(): Promise<undefined> {
    this.#openId = undefined;
    this.#runs.dispose();
    return this.#announce();
  }

  /** Trains what the next question, or the lesson, is about, as the button says, and shows it. */
  async #start(id: string, does: LessonAction['does']): Promise<undefined> {
    const { file, lesson } = await this.#lessonOf(id);
    if (does === 'openSetting') {
      await commands.executeCommand('workbench.action.openSettings', `${settings.section}.${settings.keepRecords}`);
      return undefined;
    }
    const { samples, train } = this.parts;
    const known = does === 'copySample' ? undefined : (await samples.find(file, lesson)).uri;
    const uri = known ?? (await samples.copy(lesson));
    if (uri === undefined) return undefined;
    const place = this.#startPlace(file, lesson);
    const isVisible = window.visibleTextEditors.some(({ document }) => document.uri.toString() === uri.toString());
    if (!isVisible) await window.showTextDocument(uri, { preserveFocus: true });
    const target = await targetAt(uri, place);
    const isTrained = (await this.#runs.of(target).state(place.update ?? 0)).kind === 'trained';
    if (does === 'retrain' || !isTrained) await train(target);
    await this.#show(target, place);
    return this.#announce();
  }

  /** The place of the lesson, for the variant and the update of the next question: the cell with its answer comes later. */
  #startPlace(file: LessonFile, lesson: Lesson): LessonPlace {
    const question = nextQuestion(file, lesson, this.parts.progress);
    const { variant, update, sequence } = question?.place ?? lesson.place;
    return { ...lesson.place, variant, update, sequence };
  }

  async #answer(id: string, index: number, given: GivenAnswer): Promise<AnswerReply> {
    const { file, lesson } = await this.#lessonOf(id);
    const question = questionAt(lesson, index);
    const { uri } = await this.parts.samples.find(file, lesson);
    if (uri === undefined) {
      const message = translate`Train the sample first: its numbers are what the answer is checked against.`;
      return { isRight: false, message, actions: [copySample] };
    }
    const target = await targetAt(uri, question.place);
    const run = this.#runs.of(target);
    const state = await run.state(question.place.update ?? 0);
    // Numbers of another experiment than the file's would be taken for those that the text speaks of.
    if (state.kind !== 'trained') return { isRight: false, message: state.sentence, actions: trainingOf(state) };
    try {
      const { saved, isRight, message } = await checkAnswer(question, given, run.request);
      if (saved !== undefined) {
        await this.parts.progress.save(file, question, saved);
        await this.#announce();
        await this.#show(target, question.place);
      }
      return { isRight, message };
    } catch (error) {
      if (!(error instanceof LessonRunError)) throw error;
      const mend: Readonly<Record<Saving, readonly LessonAction[]>> = {
        on: [retrain],
        off: [openSetting],
        unavailable: [],
      };
      return { isRight: false, message: error.message, actions: mend[run.saving] };
    }
  }

  async #show(target: Target, { update = 0, step, sequence, cell }: LessonPlace): Promise<void> {
    await this.parts.showPlace(target, { update, step, sequence, cell });
  }

  async #edit(id: string): Promise<undefined> {
    const { uri, content } = await this.#fileOf(id);
    const editor = await window.showTextDocument(uri);
    if (content.kind === 'refused') {
      const { range } = editor.document.lineAt(Math.min(content.problem.line, editor.document.lineCount) - 1);
      editor.selection = new Selection(range.start, range.end);
      editor.revealRange(range);
    }
    return undefined;
  }

  async #announce(): Promise<undefined> {
    if (this.#view?.visible === true) this.#channel?.emit('show', await this.#state());
    return undefined;
  }

  async #state(): Promise<LessonsState> {
    const files = await this.#files.all();
    const { progress } = this.parts;
    const entries = files.map((file) => entryOf(file, progress));
    const file = files.find(({ id }) => id === this.#openId);
    const open = file?.content.kind === 'lesson' ? await this.#shown(file, file.content.lesson, files) : undefined;
    return { entries, open, hasWorkspace: workspace.workspaceFolders !== undefined };
  }

  async #shown(file: LessonFile, lesson: Lesson, files: readonly LessonFile[]): Promise<LessonShown> {
    const { progress } = this.parts;
    const later = files.slice(files.indexOf(file) + 1);
    return {
      id: file.id,
      title: lesson.title,
      parts: partsShown(file, lesson, progress),
      isComplete: nextQuestion(file, lesson, progress) === undefined,
      next: later.find(({ content }) => content.kind === 'lesson')?.id,
      ...(await this.#runShown(file, lesson)),
    };
  }

  /** What the run of the lesson is doing, and what the buttons beside it are for. */
  async #runShown(file: LessonFile, lesson: Lesson): Promise<Pick<LessonShown, 'run' | 'actions'>> {
    const { experiment } = lesson;
    try {
      const place = this.#startPlace(file, lesson);
      const { uri, isChanged } = await this.parts.samples.find(file, lesson);
      if (uri === undefined && experiment.kind === 'sample') {
        const run = translate`This lesson is about the sample ${experiment.name}, of which you get your own copy.`;
        return { run, actions: [copySample] };
      }
      if (uri === undefined) return { run: '', actions: [] };
      const state = await this.#runs.of(await targetAt(uri, place)).state(place.update ?? 0);
      const changed = isChanged
        ? translate` ${fileNameOf(uri)} differs from the sample, so its numbers can differ from what the text says; answers are checked against its run.`
        : '';
      const again: readonly LessonAction[] = isChanged
        ? [{ ...copySample, label: translate`Copy the sample again` }]
        : [];
      return { run: `${state.sentence}${changed}`, actions: [...trainingOf(state), ...again] };
    } catch (error) {
      return { run: reasonOf(error), actions: [] };
    }
  }

  async #fileOf(id: string): Promise<LessonFile> {
    const file = (await this.#files.all()).find((each) => each.id === id);
    if (file === undefined) throw new Error(translate`This lesson is gone.`);
    return file;
  }

  async #lessonOf(id: string): Promise<OpenLesson> {
    const file = await this.#fileOf(id);
    if (file.content.kind === 'refused') throw new Error(file.content.problem.message);
    return { file, lesson: file.content.lesson };
  }
}

function questionAt(lesson: Lesson, index: number): Question {
  const question = questionsOf(lesson)[index];
  if (question === undefined) throw new Error(translate`This lesson has changed: its question is gone.`);
  return question;
}

/** The buttons for a run in this state. A run that can't answer can still be looked at. */
function trainingOf({ kind }: LessonRunState): readonly LessonAction[] {
  switch (kind) {
    case 'trained':
      return [{ does: 'start', label: translate`Show it in the panel` }];
    case 'untrained':
      return [{ does: 'start', label: translate`Train it` }];
    case 'unusable':
      return [retrain];
    case 'unsaved':
      return [openSetting];
    case 'unsavable':
      return [];
    default:
      return kind satisfies never;
  }
}
