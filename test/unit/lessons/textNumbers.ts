import { parseExpression, type Expression } from '../../../src/lessons/expression';

/** A number that a lesson says in its text, and the quantity that it is. */
interface TextNumber {
  /** Words around the number as they are in the file, with - for a minus sign; the first number in them is compared. */
  readonly said: string;
  readonly variant?: string;
  readonly expression: Expression;
}

const says = (said: string, expression: string, variant?: string): TextNumber => ({
  said,
  expression: parseExpression(expression),
  ...(variant === undefined ? {} : { variant }),
});

/** The numbers in the texts of the lessons. */
export const textNumbers: Readonly<Record<string, readonly TextNumber[]>> = {
  '01-gradient-descent.md': [
    says('3.17, and the learning rate', 'gradNorm'),
    says('0.1.\n', 'learningRate'),
    says('1.00, from', 'learningRate * gradNorm ^ 2'),
    says('1.11 nearly', 'loss'),
  ],
  '02-forward-pass.md': [
    says('-0.106 and b', 'W_xh[0][0]'),
    says('-0.193', 'b_xh[0]'),
    says('-0.898', 'b_xh[0] + b_hh[0]'),
  ],
  '03-loss-per-step.md': [
    says('0.514, and the target', 'y[2][0]'),
    says('-0.5.', 'target[2][0]'),
    says('0.249 for', 'y[0][0]'),
    says('0.5, and 0.376', 'target[0][0]'),
    says('0.376 for', 'y[1][0]'),
    says('0.25.', 'target[1][0]'),
  ],
  '05-bptt-by-hand.md': [
    says('0.706, 0.565', 'W_hy[0][0]'),
    says('0.565)', 'W_hy[0][1]'),
    says('0.514', 'y[2][0]'),
    says('0.178, 0.142', 'dhLocal[1][0]'),
    says('0.142) from', 'dhLocal[1][1]'),
    says('0.441, -0.369', 'W_hh[0][0]'),
    says('-0.369) and', 'W_hh[1][0]'),
    says('-0.0960, 0.329', 'W_hh[0][1]'),
    says('0.329), and', 'W_hh[1][1]'),
    says('0.422, 0.555', 'delta[2][0]'),
    says('0.555).', 'delta[2][1]'),
  ],
  '06-three-matrices.md': [
    says('0.0407 at', 'delta[1][0]'),
    says('0.422 at', 'delta[2][0]'),
    says('-0.763', 'h[0][0]'),
    says('-0.862', 'h[1][0]'),
    says('0.26 and', '1 - h[1][0] ^ 2'),
    says('0.98.', '1 - h[0][1] ^ 2'),
  ],
  '07-one-loss-many-steps.md': [
    says('0.295 and', '1 - h[2][0] ^ 2'),
    says('0.485 for', '1 - h[2][1] ^ 2'),
    says('0.648-fold', 'largestSingularValue[0]'),
    says('0.314.', '(1 - h[2][1] ^ 2) * largestSingularValue[0]'),
    says('0.454,', 'flow[0][0]'),
    says('0.0361 and', 'flow[1][0]'),
    says('0.0544, which', 'flow[2][0]'),
    says('0.545.\n', 'flow[0][0] + flow[1][0] + flow[2][0]'),
  ],
  '09-exploding.md': [
    says('2^59', 'largestSingularValue[0]'),
    says('6 · 10^17', '2 ^ 59 / 1e17'),
    says('0.48 on average', 'mean(1 - h * h)'),
    says('0.96 per step', '2 * mean(1 - h * h)'),
    says('0.6 = 1.2', 'sqrt(mean((1 - h * h) ^ 2))'),
    says('1.2.', '2 * sqrt(mean((1 - h * h) ^ 2))'),
    says('0.1 the step', 'learningRate'),
    says('18.\n', 'updateNorm'),
    says('60 losses', 'steps'),
    says('32 sequences', 'batch'),
  ],
  '10-clipping.md': [says('3.40', '0.1 * sqrt(1153)')],
  '11-lstm-gates.md': [
    says('0.731; that', 'sigmoid(1)'),
    says('2 · 10^{-7}', '0.73 ^ 49 * 1e7'),
    says('7 · 10^', 'norm(dh[0]) / norm(dh[49]) * 1e11', 'vanilla RNN'),
  ],
  '12-gru-gates.md': [says('0.73.', 'sigmoid(1)'), says('2 · 10^{-9}', '0.5 ^ 29 * 1e9')],
  '13-update.md': [
    says('0.441, its gradient', 'W_hh[0][0]'),
    says('-0.395, and', 'grad_W_hh[0][0]'),
    says('3.17, is clipped', 'gradNorm'),
    says('0.5 first', 'clippedNorm', 'clipped'),
  ],
};
