/** The most updates that a run trains in a second; `max` doesn't limit them. No number of the run depends on it. */
export type Pace = (typeof paces)[number];

/** Every pace, the fastest first. */
export const paces = ['max', 100, 10, 1] as const;

/** The displayed name of a pace. */
export function formatPace(pace: Pace): string {
  if (pace === 'max') return 'maximum speed';
  return pace === 1 ? '1 update/s' : `${pace} updates/s`;
}

/** The next faster or slower pace; the same at the ends. */
export function neighbouringPace(pace: Pace, by: 'faster' | 'slower'): Pace {
  return paces[paces.indexOf(pace) + (by === 'faster' ? -1 : 1)] ?? pace;
}
