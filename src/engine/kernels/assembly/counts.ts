// How much of a block of numbers lies at the ends of its range.

/** counts[0] += elements ≤ low, counts[1] += elements ≥ high, over `rows` rows of `width`, `stride` bytes apart. */
export function countBeyond(counts: usize, x: usize, rows: i32, width: i32, stride: usize, low: f32, high: f32): void {
  // Rows without a gap are one long row.
  if (stride == (<usize>width) << 2) {
    width *= rows;
    rows = 1;
  }
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let below = i32x4.splat(0);
  let above = i32x4.splat(0);
  let belowRest = 0;
  let aboveRest = 0;
  for (let row = 0; row < rows; row++, x += stride) {
    let at = x;
    // A comparison that holds is −1.
    for (const end = x + ((<usize>(width & ~3)) << 2); at < end; at += 16) {
      const values = v128.load(at);
      below = i32x4.sub(below, f32x4.le(values, lows));
      above = i32x4.sub(above, f32x4.ge(values, highs));
    }
    for (const end = x + ((<usize>width) << 2); at < end; at += 4) {
      belowRest += i32(load<f32>(at) <= low);
      aboveRest += i32(load<f32>(at) >= high);
    }
  }
  store<i32>(counts, load<i32>(counts) + belowRest + sum(below));
  store<i32>(counts, load<i32>(counts, 4) + aboveRest + sum(above), 4);
}

function sum(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
