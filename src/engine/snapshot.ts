import type { CapturedTensor } from './capture';

/**
 * Everything needed to go on bit for bit: parameters, optimizer state, carried states and, where `backward` >
 * `forward`, the stored steps. Plain data: it survives structured cloning, and the scalars survive JSON.
 */
export interface Snapshot {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  readonly scalars: Readonly<Record<string, number | string>>;
}
