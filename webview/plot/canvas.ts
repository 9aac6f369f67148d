/** A length in device pixels, at least one. */
export function devicePixels(cssPixels: number): number {
  return Math.max(1, Math.round(cssPixels * devicePixelRatio));
}

/** Sizes a canvas: its bitmap in device pixels, so that it is sharp on every screen. Clears it if its size changes. */
export function resizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): void {
  resizeBitmap(canvas, devicePixels(width), devicePixels(height));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** Sizes the bitmap of a canvas whose size on the page is set by CSS, in device pixels. */
export function resizeBitmap(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

/**
 * Sizes and clears a canvas for drawing.
 *
 * @param width CSS pixels
 * @param height CSS pixels
 * @returns its context, scaled to CSS pixels; undefined where the browser provides none
 */
export function startDrawing(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  resizeCanvas(canvas, width, height);
  const context = canvas.getContext('2d') ?? undefined;
  context?.reset();
  context?.scale(devicePixelRatio, devicePixelRatio);
  return context;
}

/**
 * Replaces every pixel of a canvas.
 *
 * @param paint gets (height, width) transparent pixels, 0xAABBGGRR each, and sets those that are not
 */
export function drawPixels(
  canvas: HTMLCanvasElement,
  paint: (pixels: Uint32Array, width: number, height: number) => void,
): void {
  const { width, height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(width, height);
  paint(new Uint32Array(image.data.buffer), width, height);
  context.putImageData(image, 0, 0);
}
