import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { textOf } from '../../lessons/markdown';
import type { Question } from '../../lessons/lesson';
import type { LessonFile } from './lessonFiles';

const savedAnswerSchema = z.object({
  outcome: z.enum(['right', 'shown']),
  answer: z.string(),
  /** The number as text, or the index of a choice. */
  value: z.string(),
  quantities: z.array(z.string()),
});

/** An answer with the engine's numbers at that time: they are shown again although the run may be gone. */
export type SavedAnswer = Readonly<z.infer<typeof savedAnswerSchema>>;

const storeKey = 'unroll.lessonAnswers';
const maxLessons = 200;

const savedSchema = z.record(z.string(), z.record(z.string(), savedAnswerSchema));
type Saved = z.infer<typeof savedSchema>;

/** The answers that were given: to the course on this machine, to lessons of the workspace in the workspace. */
export class LessonProgress {
  constructor(
    readonly machine: Memento,
    readonly workspace: Memento,
  ) {}

  answer(file: LessonFile, question: Question): SavedAnswer | undefined {
    return this.#saved(file)[file.id]?.[keyOf(question)];
  }

  async save(file: LessonFile, question: Question, answer: SavedAnswer): Promise<void> {
    const { [file.id]: before = {}, ...others } = this.#saved(file);
    const lesson = { ...before, [keyOf(question)]: answer };
    // The lessons that were answered longest ago are forgotten first.
    const kept = Object.entries(others).slice(1 - maxLessons);
    await this.#store(file).update(storeKey, Object.fromEntries([...kept, [file.id, lesson]]));
  }

  async reset(file: LessonFile): Promise<void> {
    const others = Object.entries(this.#saved(file)).filter(([id]) => id !== file.id);
    await this.#store(file).update(storeKey, Object.fromEntries(others));
  }

  #store({ source }: LessonFile): Memento {
    return source === 'course' ? this.machine : this.workspace;
  }

  #saved(file: LessonFile): Saved {
    const saved = savedSchema.safeParse(this.#store(file).get(storeKey) ?? {});
    return saved.success ? saved.data : {};
  }
}

/** A question by its text: an answer belongs to a question that has not changed. */
function keyOf({ ask, place }: Question): string {
  return JSON.stringify([textOf(ask), place.variant ?? null, place.update ?? 0]);
}
