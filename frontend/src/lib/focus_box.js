/** Which part of a diagram to show: pure geometry, in the diagram's own units. */

/** The whole of `inner` inside a viewport that keeps some space free at its edges. */
export function fitBox(inner, { width, height, free }) {
  const room = { width: width - free.left - free.right, height: height - free.top - free.bottom };
  const scale = Math.min(1, room.width / inner.width, room.height / inner.height);
  return {
    width: width / scale,
    height: height / scale,
    x: inner.x - free.left / scale - (room.width / scale - inner.width) / 2,
    y: inner.y - free.top / scale - (room.height / scale - inner.height) / 2,
    scale,
  };
}

/**
 * The surroundings of some shapes at a scale; the shapes keep clear of the free edges, and the
 * view does not leave the diagram further than these.
 */
export function focusBox(shapes, inner, { width, height, scale, free }) {
  const left = Math.min(...shapes.map(({ x }) => x));
  const top = Math.min(...shapes.map(({ y }) => y));
  const right = Math.max(...shapes.map(({ x, width: w }) => x + w));
  const bottom = Math.max(...shapes.map(({ y, height: h }) => y + h));
  const room = {
    width: (width - free.left - free.right) / scale,
    height: (height - free.top - free.bottom) / scale,
  };
  return {
    width: width / scale,
    height: height / scale,
    x: within((left + right) / 2, room.width, inner.x, inner.width) - free.left / scale,
    y: within((top + bottom) / 2, room.height, inner.y, inner.height) - free.top / scale,
  };
}

/** Where a window of a size starts so that it is centred on a point and stays in a range. */
function within(centre, size, start, length) {
  if (size >= length) return start + length / 2 - size / 2;
  return Math.min(Math.max(centre - size / 2, start), start + length - size);
}

/** How high a diagram must be at a width to be shown without empty bands. */
export function huggingHeight(inner, { width, free, lowest, highest }) {
  const scale = Math.min(1, (width - free.left - free.right) / inner.width);
  const height = inner.height * scale + free.top + free.bottom;
  return Math.round(Math.min(Math.max(height, lowest), highest));
}
