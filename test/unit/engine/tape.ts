/** A number with the record of its computation. */
export interface Scalar {
  readonly value: number;
  /** ∂(root)/∂(this) after `backward`; total, and limited if a limit is set. */
  gradient: number;
}

interface Node extends Scalar {
  readonly spread: (gradient: number) => void;
  limit: number;
}

/**
 * Reverse-mode differentiation of single numbers: slow, small and independent of the engine, so that it can verify it.
 */
export class Tape {
  private readonly nodes: Node[] = [];

  constant(value: number): Scalar {
    return this.push(value, () => undefined);
  }

  add(a: Scalar, b: Scalar): Scalar {
    return this.push(a.value + b.value, (g) => {
      a.gradient += g;
      b.gradient += g;
    });
  }

  multiply(a: Scalar, b: Scalar): Scalar {
    return this.push(a.value * b.value, (g) => {
      a.gradient += g * b.value;
      b.gradient += g * a.value;
    });
  }

  tanh(a: Scalar): Scalar {
    const value = Math.tanh(a.value);
    return this.push(value, (g) => (a.gradient += g * (1 - value * value)));
  }

  sigmoid(a: Scalar): Scalar {
    const value = 1 / (1 + Math.exp(-a.value));
    return this.push(value, (g) => (a.gradient += g * value * (1 - value)));
  }

  /** Limits the total gradient of a scalar to [-limit, limit] before it is passed on. */
  limit(a: Scalar, limit: number): Scalar {
    return this.push(a.value, (g) => (a.gradient += g), limit);
  }

  /** Computes the gradient of every number that `root` was computed from. */
  backward(root: Scalar): void {
    root.gradient = 1;
    for (const node of this.nodes.toReversed()) {
      node.gradient = Math.max(-node.limit, Math.min(node.limit, node.gradient));
      node.spread(node.gradient);
    }
  }

  private push(value: number, spread: (gradient: number) => void, limit = Infinity): Scalar {
    const node = { value, gradient: 0, spread, limit };
    this.nodes.push(node);
    return node;
  }
}
