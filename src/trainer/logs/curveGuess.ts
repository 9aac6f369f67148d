import { curveRoles, type CurveMapping, type CurveRole } from '../../protocol/trainingLog';
import type { LogCurve } from './logCurves';

const held = /(?:^|[^a-z])(?:val|valid|validation|eval|evaluation|dev|test|heldout|held_out)(?:[^a-z]|$)/;
const isLoss = /loss|cross_?entropy|perplexity|nll|(?:^|[^a-z])(?:mse|rmse|mae|objective|cost)(?:[^a-z]|$)/;

/** Whether a name can have a role, and how well it fits: lower is better. */
const fits: Readonly<Record<CurveRole, (name: string) => number | undefined>> = {
  loss: (name) => {
    if (held.test(name) || !isLoss.test(name)) return undefined;
    return rank(name, [/^(?:train(?:ing)?[/_ .-])?(?:batch_|epoch_)?loss(?:[/_ .-]train(?:ing)?)?$/, /train/, /loss/]);
  },
  validationLoss: (name) => {
    if (!held.test(name) || !isLoss.test(name)) return undefined;
    return rank(name, [
      /^(?:val(?:id(?:ation)?)?|eval(?:uation)?)[/_ .-](?:epoch_)?loss$/,
      /^(?:loss|epoch_loss)[/_ .-]val/,
      /loss/,
    ]);
  },
  gradNorm: (name) => {
    if (!/grad(?:ient)?s?[/_ .-]?(?:2\.0_)?(?:total_)?norm|norm[/_ .-]?(?:of_)?grad/.test(name)) return undefined;
    return rank(name, [/^(?:train[/_ .-])?(?:grad|gradient)_?norm$/, /total/, /./]);
  },
  learningRate: (name) => {
    if (!/learning[/_ .-]?rate|(?:^|[^a-z])lr(?:[^a-z]|$)/.test(name)) return undefined;
    return rank(name, [/^(?:train[/_ .-])?(?:learning_?rate|lr)$/, /./]);
  },
  validationAccuracy: (name) => {
    if (!held.test(name) || !/(?:^|[^a-z])acc(?:uracy)?(?:[^a-z]|$)/.test(name)) return undefined;
    return rank(name, [/accuracy|acc$/, /./]);
  },
};

function rank(name: string, patterns: readonly RegExp[]): number {
  const at = patterns.findIndex((pattern) => pattern.test(name));
  return at < 0 ? patterns.length : at;
}

/**
 * What the curves of a log probably are, by their names. Of equally fitting ones the one with the steps of the loss comes
 * first, so that losses of epochs are not mixed with those of updates; then the one with the most values.
 */
export function guessCurves(curves: readonly LogCurve[]): CurveMapping {
  const mapping: Partial<Record<CurveRole, string>> = {};
  const loss = best(curves, 'loss', undefined);
  const first = loss ?? best(curves, 'validationLoss', undefined);
  for (const role of curveRoles) {
    const found = role === 'loss' ? loss : best(curves, role, first);
    if (found !== undefined) mapping[role] = found.name;
  }
  return mapping;
}

function best(curves: readonly LogCurve[], role: CurveRole, like: LogCurve | undefined): LogCurve | undefined {
  const candidates = curves.flatMap((curve) => {
    const fit = fits[role](curve.name.toLowerCase());
    if (fit === undefined || curve.values.every(Number.isNaN)) return [];
    const isAlike = like !== undefined && Math.abs(lastStep(curve) - lastStep(like)) <= 0.5 * lastStep(like);
    return [{ curve, order: [like === undefined || isAlike ? 0 : 1, fit, -curve.steps.length] }];
  });
  candidates.sort((one, other) => {
    const at = one.order.findIndex((value, index) => value !== other.order[index]);
    return at < 0 ? 0 : (one.order[at] ?? 0) - (other.order[at] ?? 0);
  });
  return candidates[0]?.curve;
}

function lastStep({ steps }: LogCurve): number {
  return steps.at(-1) ?? 0;
}
