import { isLive, stateLabels, type RunState } from '../../protocol/run';
import { formatKeyNames } from '../../session/changedKeys';
import { formatCount, formatExact } from '../../text/numbers';
import { translate } from '../../text/translate';

/**
 * Whether a new run of an experiment is saved. `off`: the setting is off; `unavailable`: the experiment is no file on a
 * disk.
 */
export type Saving = 'on' | 'off' | 'unavailable';

/** What a lesson knows of the run that it asks about. */
export interface LessonRunFacts {
  /** The experiment's file, and its variant. */
  readonly name: string;
  readonly state: RunState;
  readonly updates: number;
  /** Whether its folder can be read: only then can its updates be inspected. `none`: the run was never saved. */
  readonly folder: 'readable' | 'gone' | 'none';
  readonly saving: Saving;
  /** Keys of the experiment whose values have changed since the run. */
  readonly changed: readonly string[];
}

/** What is said of the run of a lesson, and what it takes to answer by its numbers. */
export interface LessonRunState {
  readonly sentence: string;
  /**
   * `trained`: it can be shown as it is; `untrained`: there is none; `unusable`: it has to be trained again; `unsaved`: the
   * setting has to be turned on before it is trained; `unsavable`: no run of this experiment can answer.
   */
  readonly kind: 'trained' | 'untrained' | 'unusable' | 'unsaved' | 'unsavable';
}

/** Whether a run answers the questions of a lesson about one of its updates, and why not. */
export function lessonRunState(facts: LessonRunFacts, update: number): LessonRunState {
  const { name, state, updates, folder, saving, changed } = facts;
  if (state === 'refused') return untrained(name, saving);
  const made = `${name}: ${formatCount(updates, 'update')}, ${stateLabels[state]}.`;
  if (isLive(state) || state === 'elsewhere') {
    const comes = update < updates ? '' : translate` This is about update ${formatExact(update)}, which comes.`;
    return { sentence: `${made}${comes}`, kind: 'trained' };
  }
  const why =
    folder === 'gone'
      ? translate`The folder of this run is gone or can’t be read, so its numbers can’t be computed any more.`
      : folder === 'none'
        ? translate`This run isn’t saved, so its updates can’t be inspected.`
        : changed.length > 0
          ? translate`The file has changed since this run (${formatKeyNames(changed)}), so the run has other numbers than the file.`
          : update < updates
            ? undefined
            : translate`This is about update ${formatExact(update)}, which the run doesn’t have.`;
  if (why === undefined) return { sentence: made, kind: 'trained' };
  switch (saving) {
    case 'on':
      return { sentence: translate`${made} ${why} Train it again.`, kind: 'unusable' };
    case 'off':
      return { sentence: translate`${made} ${why} ${turnOn}, then train it again.`, kind: 'unsaved' };
    case 'unavailable':
      return { sentence: `${made} ${notInFolder}`, kind: 'unsavable' };
    default:
      return saving satisfies never;
  }
}

const turnOn = translate`Runs aren’t saved: turn on the setting unroll.keepRecords`;
const notInFolder = translate`The experiment is not a file in an open folder, so its run can’t be saved and its updates can’t be inspected.`;

/** The state of a run that doesn't exist. */
export function untrained(name: string, saving: Saving): LessonRunState {
  const made = translate`${name} isn’t trained yet.`;
  switch (saving) {
    case 'on':
      return { sentence: made, kind: 'untrained' };
    case 'off':
      return { sentence: translate`${made} ${turnOn} before you train it.`, kind: 'unsaved' };
    case 'unavailable':
      return { sentence: `${made} ${notInFolder}`, kind: 'unsavable' };
    default:
      return saving satisfies never;
  }
}
