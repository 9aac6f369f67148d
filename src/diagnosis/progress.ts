import { recentWindow, shortWindow, type Observations } from './observations';

/** The share of the constant answer's loss that a run must get below to have learned something. */
const learnedShare = 0.95;

/** The share of its first value below which the training loss has clearly fallen. */
const clearlyFallen = 0.9;

/** Standard errors of the difference between two means that count as a difference, and not as noise of the batches. */
const significantErrors = 3;

/** The recent loss: the mean of the last 100 updates, or of the last 20 where that is lower. */
export function recentLoss({ loss }: Observations): number {
  return Math.min(loss.mean(shortWindow), loss.mean());
}

/**
 * Whether the loss has fallen since the first updates by more than the noise of the batches: by three standard errors of
 * the difference of the two means, with the noise of the recent losses, and by at least 1 %. False before there are
 * enough updates.
 */
export function hasFallen({ loss, firstLoss, updates }: Observations): boolean {
  const first = firstLoss.mean;
  if (first === undefined || updates < 2 * shortWindow) return false;
  const recent = Math.min(recentWindow, updates);
  const error = loss.noise * Math.sqrt(1 / shortWindow + 1 / recent);
  return first - loss.mean() > Math.max(significantErrors * error, 0.01 * first);
}

/**
 * Whether a run has learned something: its loss is below that of the best constant answer, in training by more than the
 * noise of its batches, or on the held-out data; and not only because it was so from the start. Without a known constant
 * answer, or where that is exact (loss 0), its loss has fallen. With a loss of 0 nothing is left to learn.
 */
export function hasLearned(observations: Observations): boolean {
  const { constantAnswer, loss } = observations;
  if (loss.isFull && loss.mean() === 0) return true;
  // A single target is its own mean.
  if (constantAnswer === undefined || constantAnswer.value === 0) return hasFallen(observations);
  return hasLearnedInTraining(observations, constantAnswer) || hasLearnedHeldOut(observations, constantAnswer);
}

type ConstantAnswer = NonNullable<Observations['constantAnswer']>;

/**
 * The training part may be harder than the held-out one. The held-out loss has no noise of batches, but a constant may be
 * closer to the held-out data than the mean of the training part is: the training loss is below that mean, too, by as
 * much and after a clear fall, or by more than the noise of its batches.
 */
function hasLearnedHeldOut(observations: Observations, constantAnswer: ConstantAnswer): boolean {
  const heldOut = observations.heldOutConstantAnswer;
  const last = observations.validations.at(-1);
  if (heldOut === undefined || last === undefined || last.validation >= learnedShare * heldOut.value) return false;
  const { loss, firstLoss } = observations;
  // Without noise in the held-out loss, a clear fall of the mean is enough, however much the batches vary.
  const limit = Math.min(learnedShare * constantAnswer.value, clearlyFallen * (firstLoss.mean ?? NaN));
  if (loss.isFull && loss.mean() < limit) return true;
  return recentLoss(observations) < constantAnswer.value && hasFallen(observations);
}

function hasLearnedInTraining(observations: Observations, constantAnswer: ConstantAnswer): boolean {
  const { experiment, loss, bestValidation } = observations;
  const now = recentLoss(observations);
  const limit = learnedShare * constantAnswer.value;
  const isBelow = (count: number): boolean => loss.mean(count) + (2 * loss.noise) / Math.sqrt(count) < limit;
  if (!isBelow(shortWindow) && !isBelow(recentWindow)) return false;
  // The held-out sequences of a task are like those of training, and always the same: less noisy than its batches.
  const isTask = 'task' in experiment.data && !('validation' in experiment.data);
  if (isTask && Number.isFinite(bestValidation) && bestValidation >= limit) return false;
  // Weights from elsewhere, or updates before the first observed one, may have learned it already.
  const startedTrained = experiment.model.weights !== undefined;
  return startedTrained || now < 0.5 * constantAnswer.value || hasFallen(observations);
}
