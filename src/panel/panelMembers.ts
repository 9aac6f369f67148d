import type { PanelTarget } from '../protocol/panel';

/** Whether two targets of one experiment are the same. */
export function isSameTarget(one: PanelTarget, other: PanelTarget): boolean {
  return one.variant === other.variant && one.seed === other.seed;
}

/**
 * The run of a group to show where no seed was requested, or one that the experiment no longer has: one that this window
 * knows if there is one. Undefined where the target is a run of the experiment, or the experiment has no seeds.
 *
 * @param isKnown whether this window has a session of a run
 */
export function memberToShow(
  target: PanelTarget,
  members: readonly PanelTarget[],
  isKnown: (member: PanelTarget) => boolean,
): PanelTarget | undefined {
  if (members.some((member) => isSameTarget(member, target))) return undefined;
  const seeds = members.filter(({ variant, seed }) => variant === target.variant && seed !== undefined);
  return seeds.find(isKnown) ?? seeds[0];
}
