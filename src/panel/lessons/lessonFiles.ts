import { Uri, workspace, type Disposable } from 'vscode';
import type { LessonProblem, Lesson } from '../../lessons/lesson';
import { Throttler } from '../../platform/throttler';
import { reasonOf } from '../../protocol/channel';
import { fileNameOf } from '../../session/experimentText';
import { translate, translateMessage } from '../../text/translate';

/** A file with a lesson, or with what should be one. */
export interface LessonFile {
  /** Its file name for a lesson of the course, its URI for one of the workspace. */
  readonly id: string;
  readonly uri: Uri;
  readonly source: 'course' | 'workspace';
  readonly content:
    | { readonly kind: 'lesson'; readonly lesson: Lesson }
    | { readonly kind: 'refused'; readonly problem: LessonProblem };
}

const lessonEnding = '.lesson.md';
const lessonGlob = `**/*${lessonEnding}`;
const maxLessons = 200;
const rereadMilliseconds = 300;

/** The lessons of the course, in their order, and those of the workspace. Nothing in them is run. */
export class LessonFiles implements Disposable {
  #read: Promise<readonly LessonFile[]> | undefined;
  readonly #watcher = workspace.createFileSystemWatcher(lessonGlob);
  readonly #changed: Throttler;
  readonly #saved: Disposable;

  /**
   * @param course folder of the lessons of the course
   * @param onChange called when lessons of the workspace have changed
   */
  constructor(
    readonly course: Uri,
    onChange: () => void | Promise<void>,
  ) {
    this.#changed = new Throttler(rereadMilliseconds, onChange);
    const reread = (): void => {
      this.#read = undefined;
      this.#changed.schedule();
    };
    this.#watcher.onDidChange(reread);
    this.#watcher.onDidCreate(reread);
    this.#watcher.onDidDelete(reread);
    // Watchers of files report late on a busy machine, and nothing while they start.
    this.#saved = workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.path.endsWith(lessonEnding)) reread();
    });
  }

  /** All lessons; they are read again after one of them has changed. */
  all(): Promise<readonly LessonFile[]> {
    return (this.#read ??= this.#readAll());
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#saved.dispose();
    this.#changed.dispose();
  }

  async #readAll(): Promise<readonly LessonFile[]> {
    const names = (await workspace.fs.readDirectory(this.course)).map(([name]) => name);
    const course = names.filter((name) => name.endsWith('.md')).sort();
    const own = await workspace.findFiles(lessonGlob, '**/{node_modules,unroll-runs}/**', maxLessons);
    return Promise.all([
      ...course.map((name) => readFile(name, Uri.joinPath(this.course, name), 'course')),
      ...own.sort((a, b) => a.path.localeCompare(b.path)).map((uri) => readFile(uri.toString(), uri, 'workspace')),
    ]);
  }
}

async function readFile(id: string, uri: Uri, source: LessonFile['source']): Promise<LessonFile> {
  return { id, uri, source, content: await contentOf(uri) };
}

async function contentOf(uri: Uri): Promise<LessonFile['content']> {
  const { formatTooLong, maxLessonBytes, parseLesson } = await import('../../lessons/parseLesson');
  try {
    const { size } = await workspace.fs.stat(uri);
    // A file that is refused for its size is not read into the extension host.
    if (size > maxLessonBytes) return { kind: 'refused', problem: { line: 1, message: formatTooLong(size) } };
    return parseLesson(await workspace.fs.readFile(uri));
  } catch (error) {
    return {
      kind: 'refused',
      problem: { line: 1, message: translate`${fileNameOf(uri)} can't be read: ${translateMessage(reasonOf(error))}` },
    };
  }
}
