import type { Uri } from 'vscode';
import type { LessonPlace } from '../../lessons/lesson';
import { readExperiment } from '../../session/experimentText';
import type { Target } from '../../session/sessions';

/** The target that a place is about; of an experiment with several seeds, the first of them. */
export async function targetAt(uri: Uri, { variant }: LessonPlace): Promise<Target> {
  const parsed = await readExperiment(uri).catch(() => undefined);
  const [seed] = parsed?.kind === 'experiment' ? parsed.file.seedsOf(variant) : [];
  return { uri, variant, seed };
}
