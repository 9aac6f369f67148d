import { formatRange, spreadOf } from '../run/series/spread';
import { stateLabels } from '../protocol/run';
import type { Session } from '../session/session';
import { formatCount, formatNumber } from '../text/numbers';
import { translate } from '../text/translate';

/**
 * The runs of a group of seeds as text: how many there are in each state, and the median and the range of the losses of
 * the finished ones: `3 seeds: 2 finished, 1 training · loss 0.12 (0.1 to 0.2, n = 2)`.
 *
 * @param seeds how many seeds the experiment has
 */
export function formatSeedRuns(sessions: readonly Pick<Session, 'status'>[], seeds: number): string {
  const states = [...new Set(sessions.map(({ status }) => status.state))].map(
    (state) => `${sessions.filter(({ status }) => status.state === state).length} ${stateLabels[state]}`,
  );
  const missing = seeds - sessions.length;
  const counts = [...states, ...(missing > 0 ? [translate`${missing} not trained`] : [])].join(', ');
  const finished = sessions.filter(({ status }) => status.state === 'finished');
  const spread = spreadOf(finished.map(({ status }) => status.loss ?? NaN));
  const loss =
    spread === undefined
      ? ''
      : translate` · median loss ${formatNumber(spread.median)} (${formatRange(spread)}, n = ${spread.n})`;
  return `${formatCount(seeds, 'seed')}: ${counts}${loss}`;
}
