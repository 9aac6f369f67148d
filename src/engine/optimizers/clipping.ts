import type { KernelSet } from '../kernels/kernelSet';
import type { Tensor } from '../tensor';
import type { ClipSpec } from '../spec';

/** The effect of clipping on a gradient. */
export interface Clipping {
  /** The factor of the gradient; 1 unless clipped by norm. */
  readonly coefficient: number;
  /** Whether any element changed. */
  readonly changed: boolean;
}

const untouched: Clipping = { coefficient: 1, changed: false };

/**
 * Clips a gradient in place, after backpropagation and before the update. By norm: g *= min(1, c / (‖g‖ + 1e-6)), with
 * ‖g‖ over all parameters (torch.nn.utils.clip_grad_norm_). By value: every element to [−v, v]. Hidden clipping is
 * part of the backward pass and does nothing here.
 */
export function clipGradient(
  clip: ClipSpec,
  kernels: Pick<KernelSet, 'scale' | 'clamp'>,
  gradient: Tensor,
  gradientNorm: number,
): Clipping {
  if (clip === null || 'hidden' in clip) return untouched;
  if ('norm' in clip) {
    const coefficient = Math.min(1, clip.norm / (gradientNorm + 1e-6));
    if (coefficient === 1) return untouched;
    kernels.scale(gradient, 0, gradient.length, coefficient);
    return { coefficient, changed: true };
  }
  if ('value' in clip) {
    // No element exceeds the norm; the margin is for the rounding of the norm.
    if (gradientNorm < 0.999 * clip.value) return untouched;
    return { coefficient: 1, changed: kernels.clamp(gradient, 0, gradient.length, clip.value) > 0 };
  }
  return clip satisfies never;
}

/** The threshold of hidden clipping, if that is the kind of clipping. */
export function hiddenLimit(clip: ClipSpec): number | undefined {
  return clip !== null && 'hidden' in clip ? clip.hidden : undefined;
}
