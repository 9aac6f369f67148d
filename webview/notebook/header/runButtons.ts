import { isLive, isResumable, type RunState } from '../../../src/protocol/run';
import type { PanelCommand } from '../../../src/protocol/panel';
import { selectedEntry, type Model } from '../../store/model';
import { pendingCommandOf } from '../../store/pendingCommand';
import type { ButtonSpec } from '../../ui/controls';
import { translate } from '../../../src/text/translate';

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
        ? { label: translate`Train` }
        : {
            label: translate`Train ${fileName}`,
            hint: translate`Train the current ${fileName}; it may have changed since this run`,
          }),
      icon: 'play',
      appearance: 'primary',
      // A stored run whose experiment file is gone has only its own run.json and can't be trained.
      isHidden: isAlive || state === 'elsewhere' || fileName === 'run.json',
      onPress: press('train'),
    },
    {
      label: pending === 'pause' ? translate`Pausing…` : translate`Pause`,
      icon: 'pause',
      isHidden: state !== 'running',
      isEnabled: pending === undefined,
      onPress: press('pause'),
    },
    { label: translate`Resume`, icon: 'play', isHidden: state !== 'paused', onPress: press('resume') },
    {
      label: translate`Resume run`,
      hint: translate`Resume from the latest checkpoint`,
      icon: 'play',
      isHidden: !isResumableRun,
      onPress: press('resumeRun'),
    },
    {
      label: translate`Step`,
      hint: translate`Step: compute one update`,
      icon: 'step',
      isHidden: !isAlive,
      isEnabled: (state === 'running' || state === 'paused') && pending === undefined,
      onPress: press('step'),
    },
    {
      label: pending === 'stop' ? translate`Stopping…` : translate`Stop`,
      icon: 'stop',
      isHidden: !isAlive,
      isEnabled: pending !== 'stop',
      onPress: press('stop'),
    },
    {
      label: translate`Replay last finite update`,
      hint: translate`Replay the last update in which every number is finite`,
      icon: 'previous',
      isHidden: !hasLastFinite,
      onPress: commands.selectLastFinite,
    },
    {
      label: translate`Replay lowest validation loss`,
      hint: translate`Replay the update that begins with the state of the lowest validation loss`,
      icon: 'previous',
      isHidden: !hasBest,
      onPress: commands.selectBest,
    },
  ];
}
