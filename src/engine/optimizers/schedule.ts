import type { ScheduleSpec } from '../spec';

/**
 * The factor of the learning rate at update n, from 0: `constant` 1; `exponential` rⁿ; `cosine`
 * ½(1 + cos(π·min(n,s)/s)); `warmup` min(1, (n+1)/s); `plateau` 1, because it changes the rate itself.
 */
export function scheduleFactor(schedule: ScheduleSpec, update: number): number {
  if (schedule === 'constant') return 1;
  if ('exponential' in schedule) return schedule.exponential ** update;
  if ('cosine' in schedule) {
    return 0.5 * (1 + Math.cos((Math.PI * Math.min(update, schedule.cosine)) / schedule.cosine));
  }
  if ('plateau' in schedule) return 1;
  if ('warmup' in schedule) return Math.min(1, (update + 1) / schedule.warmup);
  return schedule satisfies never;
}
