// Heat on a diagram: a marker class and a badge per element, taken off again before the next lens.

const LEVELS = [1, 2, 3, 4, 5];

/** Show {id: {level, badge, title}} on a viewer; what an earlier lens showed disappears. */
export function showHeat(viewer, elements) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  overlays.remove({ type: 'heat' });
  registry.forEach((element) => {
    if (element.labelTarget) return;
    LEVELS.forEach((level) => canvas.removeMarker(element.id, `heat-${level}`));
  });
  for (const [id, { level, badge, title }] of Object.entries(elements)) {
    if (!registry.get(id)) continue;
    if (level) canvas.addMarker(id, `heat-${level}`);
    if (badge) overlays.add(id, 'heat', { position: { bottom: 10, left: 6 }, html: badgeElement(badge, title, level) });
  }
}

function badgeElement(badge, title, level) {
  const element = document.createElement('div');
  element.className = `heat-badge heat-badge-${level}`;
  element.textContent = badge;
  if (title) element.title = title;
  return element;
}
