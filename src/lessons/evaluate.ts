import type { RequestReplay } from '../protocol/replayRequests';
import { nearestKnown } from './nearestKnown';
import type { Expression } from './expression';
import type { LessonPlace } from './lesson';
import { parameterNames, quantities, type UpdateReplies } from './quantities';
import { call, elementOf, functions, numberOf, operate, scalar, type Value } from './value';

/** Calculates expressions from the recorded numbers of one update. */
export class LessonEvaluator {
  readonly #values = new Map<string, Promise<Value>>();
  readonly #replies: UpdateReplies;

  /** @param request sends requests about the updates of a run */
  constructor(request: RequestReplay, place: LessonPlace) {
    this.#replies = repliesAt(request, place);
  }

  /**
   * The number that an expression has; 1 for a condition that holds, 0 for one that doesn't.
   *
   * @throws Error with a message for people, such as for a step that the run doesn't have
   */
  async number(expression: Expression): Promise<number> {
    return numberOf(await this.#value(expression), nameOf(expression));
  }

  async #value(expression: Expression): Promise<Value> {
    switch (expression.kind) {
      case 'number':
        return scalar(expression.value);
      case 'quantity':
        return this.#quantity(expression.name);
      case 'element':
        return elementOf(await this.#value(expression.of), await this.number(expression.index), nameOf(expression.of));
      case 'call': {
        const [operand] = expression.operands;
        if (operand === undefined) throw new Error(`${expression.name} needs a value.`);
        return call(expression.name, await this.#value(operand));
      }
      case 'negative':
        return operate('-', scalar(0), await this.#value(expression.of));
      case 'operation': {
        const [one, other] = expression.operands;
        return operate(expression.operator, await this.#value(one), await this.#value(other));
      }
      default:
        return expression satisfies never;
    }
  }

  #quantity(name: string): Promise<Value> {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const quantity = quantities[name];
    if (quantity === undefined) throw new Error(`There is no quantity ${name}.`);
    const value = quantity.read(this.#replies);
    this.#values.set(name, value);
    return value;
  }
}

/**
 * Checks that an expression names only what exists.
 *
 * @throws Error with a message for people
 */
export function checkNames(expression: Expression): void {
  switch (expression.kind) {
    case 'number':
      return;
    case 'quantity':
      if (!Object.hasOwn(quantities, expression.name)) {
        throw new Error(`There is no quantity ${nearestKnown(expression.name, Object.keys(quantities))}`);
      }
      return;
    case 'element':
      checkNames(expression.of);
      checkNames(expression.index);
      return;
    case 'call':
      if (!Object.hasOwn(functions, expression.name)) {
        throw new Error(`There is no function ${nearestKnown(expression.name, Object.keys(functions))}`);
      }
      if (expression.operands.length !== 1) throw new Error(`${expression.name} takes one value.`);
      expression.operands.forEach(checkNames);
      return;
    case 'negative':
      checkNames(expression.of);
      return;
    case 'operation':
      expression.operands.forEach(checkNames);
      return;
    default:
      expression satisfies never;
  }
}

/** An expression as it is named in messages. */
function nameOf(expression: Expression): string {
  switch (expression.kind) {
    case 'quantity':
      return expression.name;
    case 'element':
      return `${nameOf(expression.of)}[…]`;
    default:
      return 'The expression';
  }
}

function repliesAt(request: RequestReplay, { update = 0, sequence = 0, layer = 0 }: LessonPlace): UpdateReplies {
  const inspection = once(() => request('inspect', { update, sequence }));
  const named = (name: string): string => (parameterNames[name] ?? name).replace('{layer}', String(layer));
  return {
    inspection,
    layer: async () => {
      const { layers } = await inspection();
      const found = layers[layer];
      if (found === undefined)
        throw new Error(`The net has no layer ${layer}: it has layers from 0 to ${layers.length - 1}.`);
      return found;
    },
    flow: once(() => request('gradientFlow', { update, sequence, layer })),
    norms: once(() => request('gradientNorm', { update })),
    whatIf: once(() => request('whatIf', { update, change: {} })),
    parameter: (name) => request('parameter', { update, parameter: named(name) }),
    terms: (name) => request('chainRuleTerms', { update, sequence, parameter: named(name), t: 0 }),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let reply: Promise<T> | undefined;
  return () => (reply ??= ask());
}
