import { isLive, isResumable, type RunState } from '../../../src/protocol/run';
import type { PanelCommand } from '../../../src/protocol/panel';
import { selectedEntry, type Model } from '../../store/model';
import { pendingCommandOf } from '../../store/pendingCommand';
import type { ButtonSpec } from '../../ui/controls';

/** The state of the shown run or, where there is none, of its entry. */
export type ShownState = RunState | 'untrained';

/** What the buttons of a run do. */
export interface RunButtonCommands {
  /** Whether there is a host that runs commands. */
  readonly hasCommands: boolean;
  readonly command: (command: PanelCommand) => void;
  /** Selects the last update with finite numbers, at the step where the next one turned non-finite. */
  readonly selectLastFinite: () => void;
  /** Selects the update that begins with the state of the lowest validation loss. */
  readonly selectBest: () => void;
}

/** The state of what the model shows. */
export function shownState(model: Model): ShownState {
  return model.run?.status.state ?? selectedEntry(model)?.state ?? 'untrained';
}

/** The buttons that train, pause and stop the shown run; without a host only those that the page handles itself. */
export function runButtons(model: Model, commands: RunButtonCommands): readonly ButtonSpec[] {
  return allButtons(model, commands).filter(
    ({ onPress }) => commands.hasCommands || onPress === commands.selectLastFinite || onPress === commands.selectBest,
  );
}

function allButtons(model: Model, commands: RunButtonCommands): readonly ButtonSpec[] {
  const { folder, fileName, run } = model;
  const state = shownState(model);
  const pending = pendingCommandOf(model);
  const press = (command: PanelCommand) => () => {
    commands.command(command);
  };
  const isAlive = state !== 'untrained' && isLive(state);
  const isStored = typeof run?.info.folder === 'string';
  const isResumableRun =
    state !== 'untrained' && isResumable(state, run?.status.saved, run?.status.reason, run?.info) && isStored;
  const canReplay = isStored && run.info.recordedBy === undefined;
  const { best, updates = 0 } = run?.status ?? {};
  // Without an update after it, the run ends with that state, which is shown anyway.
  const hasBest = state !== 'untrained' && !isAlive && canReplay && best !== undefined && best.updates < updates;
  const hasLastFinite = run?.status.nonFinite !== undefined && run.status.updates > 0 && canReplay;
  return [
    {
      ...(folder === undefined
        ? { label: 'Train' }
        : { label: `Train ${fileName}`, hint: `Train the current ${fileName}; it may have changed since this run` }),
      icon: 'play',
      appearance: 'primary',
      // A stored run whose experiment file is gone has only its own run.json and can't be trained.
      isHidden: isAlive || state === 'elsewhere' || fileName === 'run.json',
      onPress: press('train'),
    },
    {
      label: pending === 'pause' ? 'Pausing…' : 'Pause',
      icon: 'pause',
      isHidden: state !== 'running',
      isEnabled: pending === undefined,
      onPress: press('pause'),
    },
    { label: 'Resume', icon: 'play', isHidden: state !== 'paused', onPress: press('resume') },
    {
      label: 'Resume run',
      hint: 'Resume from the latest checkpoint',
      icon: 'play',
      isHidden: !isResumableRun,
      onPress: press('resumeRun'),
    },
    {
      label: 'Step',
      hint: 'Step: compute one update',
      icon: 'step',
      isHidden: !isAlive,
      isEnabled: (state === 'running' || state === 'paused') && pending === undefined,
      onPress: press('step'),
    },
    {
      label: pending === 'stop' ? 'Stopping…' : 'Stop',
      icon: 'stop',
      isHidden: !isAlive,
      isEnabled: pending !== 'stop',
      onPress: press('stop'),
    },
    {
      label: 'Replay last finite update',
      hint: 'Replay the last update in which every number is finite',
      icon: 'previous',
      isHidden: !hasLastFinite,
      onPress: commands.selectLastFinite,
    },
    {
      label: 'Replay lowest validation loss',
      hint: 'Replay the update that begins with the state of the lowest validation loss',
      icon: 'previous',
      isHidden: !hasBest,
      onPress: commands.selectBest,
    },
  ];
}
