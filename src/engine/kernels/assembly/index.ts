export { add, addColumnSums, clamp, copy, fillRows, gatherRows, scale, scatterRows, zero } from './rows';
export { countBeyond } from './counts';
export { addTransposed, pack, packTransposed } from './packing';
export { adagrad, adam, momentumSgd, rmsprop, sgd } from './optimizers';
export { addMeasured, distance, norm } from './norms';
export { gruBackward, gruForward } from './gru';
export { lstmBackward, lstmForward } from './lstm';
export { mguBackward, mguForward } from './mgu';
export { multiply } from './products';
export { multiplyTransposed } from './outerProducts';
export { rnnBackward, rnnForward } from './rnn';
export { softmaxRows } from './softmax';

/** Where the memory for tensors begins, in bytes: after the constants of this module. */
export function heapBase(): usize {
  return __heap_base;
}
