/** The part of the diagram around some shapes that fills a viewport at the given scale. */
export function focusBox(shapes, { width, height, scale }) {
  const left = Math.min(...shapes.map(({ x }) => x));
  const top = Math.min(...shapes.map(({ y }) => y));
  const right = Math.max(...shapes.map(({ x, width: w }) => x + w));
  const bottom = Math.max(...shapes.map(({ y, height: h }) => y + h));
  const box = { width: width / scale, height: height / scale };
  return {
    ...box,
    x: (left + right) / 2 - box.width / 2,
    y: (top + bottom) / 2 - box.height / 2,
  };
}
