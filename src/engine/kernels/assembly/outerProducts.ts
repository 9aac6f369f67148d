// Weight gradients: gradient (N,K) += dᵀ · x over all M = T·B rows, in blocks of rows that fit the caches.
import { addTo, lanesOf, multiplyAdd } from './arithmetic';
import { packRows } from './packing';

/** Rows summed in registers at a time; also the depth of the packed blocks. */
const rowBlock: i32 = 256;

/** Columns of x packed at a time. */
const columnBlock: i32 = 512;

/** Columns of d packed at a time, one cache line of each row. */
const group: i32 = 16;

/** Columns of x that leave at least half of a panel empty. */
const narrow: i32 = 4;

/**
 * gradient (N,K) += dᵀ · x for d (M,N), x (M,K); every block of 256 rows is added as one number per element. `scratch`
 * has room for 256 rows of 512 + 16 numbers.
 */
export function multiplyTransposed(
  gradient: usize,
  d: usize,
  x: usize,
  rows: i32,
  dWidth: i32,
  xWidth: i32,
  scratch: usize,
): void {
  const stride = (<usize>xWidth) << 2;
  for (let first = 0; first < rows; first += rowBlock) {
    const count = min(rowBlock, rows - first);
    const dFirst = d + ((<usize>first * dWidth) << 2);
    const xFirst = x + <usize>first * stride;
    if (xWidth <= narrow) {
      addNarrow(gradient, dFirst, xFirst, count, dWidth, xWidth, scratch);
      continue;
    }
    for (let k = 0; k < xWidth; k += columnBlock) {
      const columns = min(columnBlock, xWidth - k);
      const lanes = scratch + ((<usize>count * ((columns + 7) & ~7)) << 2);
      packRows(scratch, xFirst + ((<usize>k) << 2), stride, count, columns);
      for (let n = 0; n < dWidth; n += group) {
        const width = min(group, dWidth - n);
        packLanes(lanes, dFirst + ((<usize>n) << 2), (<usize>dWidth) << 2, count, width);
        addGroup(gradient + <usize>n * stride + ((<usize>k) << 2), stride, lanes, scratch, count, width, columns);
      }
    }
  }
}

/** lanes [group/4][M][4] from `width` columns of d, padded with zeros. */
function packLanes(lanes: usize, d: usize, stride: usize, rows: i32, width: i32): void {
  for (let n = 0; n < width; n += 4) {
    let from = d + ((<usize>n) << 2);
    const end = lanes + ((<usize>rows) << 4);
    const remaining = width - n;
    if (remaining >= 4) {
      for (; lanes < end; lanes += 16, from += stride) v128.store(lanes, v128.load(from));
    } else {
      const mask = v128.load(lanesOf + ((<usize>remaining) << 4));
      for (; lanes < end; lanes += 16, from += stride) v128.store(lanes, v128.and(v128.load(from), mask));
    }
  }
}

/** The rows of the gradient that belong to one group of columns of d. */
function addGroup(
  gradient: usize,
  stride: usize,
  lanes: usize,
  panels: usize,
  rows: i32,
  width: i32,
  columns: i32,
): void {
  const panelBytes = (<usize>rows) << 5;
  const laneBytes = (<usize>rows) << 4;
  // All lanes of the group stay in the first-level cache while each panel is read once.
  for (let k = 0; k < columns; k += 8, panels += panelBytes) {
    let at = gradient + ((<usize>k) << 2);
    let from = lanes;
    for (let n = 0; n < width; n += 4, at += stride << 2, from += laneBytes) {
      addTile(at, stride, min(4, width - n), columns - k, from, panels, rows);
    }
  }
}

/** gradient (4,8) += Σ_m lanes (M,4)ᵀ · panel (M,8), as far as the gradient has rows and columns. */
function addTile(at: usize, stride: usize, rows: i32, columns: i32, lanes: usize, panel: usize, depth: i32): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (const end = lanes + ((<usize>depth) << 4); lanes < end; lanes += 16, panel += 32) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(lanes);
    a0 = multiplyAdd(value, low, a0);
    b0 = multiplyAdd(value, high, b0);
    value = v128.load_splat<f32>(lanes, 4);
    a1 = multiplyAdd(value, low, a1);
    b1 = multiplyAdd(value, high, b1);
    value = v128.load_splat<f32>(lanes, 8);
    a2 = multiplyAdd(value, low, a2);
    b2 = multiplyAdd(value, high, b2);
    value = v128.load_splat<f32>(lanes, 12);
    a3 = multiplyAdd(value, low, a3);
    b3 = multiplyAdd(value, high, b3);
  }
  if (rows == 4 && columns >= 8) {
    addEight(at, a0, b0);
    addEight(at + stride, a1, b1);
    addEight(at + (stride << 1), a2, b2);
    addEight(at + stride * 3, a3, b3);
    return;
  }
  addColumns(at, a0, b0, columns);
  if (rows > 1) addColumns(at + stride, a1, b1, columns);
  if (rows > 2) addColumns(at + (stride << 1), a2, b2, columns);
  if (rows > 3) addColumns(at + stride * 3, a3, b3, columns);
}

function addEight(at: usize, low: v128, high: v128): void {
  v128.store(at, f32x4.add(v128.load(at), low));
  v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
}

function addColumns(at: usize, low: v128, high: v128, columns: i32): void {
  addTo(at, low, min(4, columns));
  if (columns > 4) addTo(at + 16, high, min(4, columns - 4));
}

/** One block of rows for an x of one to four columns, nothing packed: in the tiles x takes the place of d, and d that of x. */
function addNarrow(gradient: usize, d: usize, x: usize, rows: i32, dWidth: i32, xWidth: i32, sums: usize): void {
  const stride = (<usize>xWidth) << 2;
  for (let n = 0; n < dWidth; n += 8) {
    sumTile(sums, x, stride, d + ((<usize>n) << 2), (<usize>dWidth) << 2, rows);
    for (let column = 0; column < min(8, dWidth - n); column++) {
      for (let k = 0; k < xWidth; k++) {
        const at = gradient + <usize>(n + column) * stride + ((<usize>k) << 2);
        store<f32>(at, load<f32>(at) + load<f32>(sums + ((<usize>((k << 3) + column)) << 2)));
      }
    }
  }
}

/** sums (4,8) = Σ_m lanes (M,4)ᵀ · panel (M,8), strides in bytes; sums of columns that a tensor does not have are not used. */
function sumTile(sums: usize, lanes: usize, laneStride: usize, panel: usize, panelStride: usize, depth: i32): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (let m = 0; m < depth; m++, lanes += laneStride, panel += panelStride) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(lanes);
    a0 = multiplyAdd(value, low, a0);
    b0 = multiplyAdd(value, high, b0);
    value = v128.load_splat<f32>(lanes, 4);
    a1 = multiplyAdd(value, low, a1);
    b1 = multiplyAdd(value, high, b1);
    value = v128.load_splat<f32>(lanes, 8);
    a2 = multiplyAdd(value, low, a2);
    b2 = multiplyAdd(value, high, b2);
    value = v128.load_splat<f32>(lanes, 12);
    a3 = multiplyAdd(value, low, a3);
    b3 = multiplyAdd(value, high, b3);
  }
  v128.store(sums, a0);
  v128.store(sums, b0, 16);
  v128.store(sums, a1, 32);
  v128.store(sums, b1, 48);
  v128.store(sums, a2, 64);
  v128.store(sums, b2, 80);
  v128.store(sums, a3, 96);
  v128.store(sums, b3, 112);
}
