import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';

import { badgesOf, markersOf } from '../lib/markers.js';
import { focusBox } from '../lib/focus_box.js';
import '../styles/diagram.css';

const READABLE_SCALE = 0.6;
const BADGE_POSITION = { top: -10, right: 16 };

/**
 * A BPMN diagram with markers on its elements.
 *
 * `show(view)` replaces every marker and badge; the view has the form
 * `{ states: { id: 'active' | 'done' }, elements: { id: { level: 1..5, badge, title } } }`.
 */
export class Diagram {
  #markers = [];

  constructor(container) {
    this.container = container;
    this.viewer = new NavigatedViewer({
      container: canvasOf(container),
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(container).fontFamily } },
      zoomScroll: { enabled: false },
    });
    this.canvas = this.viewer.get('canvas');
    this.overlays = this.viewer.get('overlays');
    this.elements = this.viewer.get('elementRegistry');
  }

  async open(xml) {
    await this.viewer.importXML(xml);
    this.fit();
    this.#letThePageScroll();
  }

  fit() {
    this.canvas.zoom('fit-viewport', 'auto');
  }

  zoom(factor) {
    this.canvas.zoom(this.canvas.zoom() * factor);
  }

  /** Come near enough to read the elements in question, if the whole diagram is too small. */
  focus(ids) {
    this.fit();
    const shapes = ids.map((id) => this.elements.get(id)).filter(Boolean);
    if (shapes.length === 0 || this.canvas.zoom() >= READABLE_SCALE) return;
    const { width, height } = this.canvas.viewbox().outer;
    this.canvas.viewbox(focusBox(shapes, { width, height, scale: READABLE_SCALE }));
  }

  show(view) {
    for (const [id, marker] of this.#markers) this.canvas.removeMarker(id, marker);
    this.overlays.clear();
    this.#markers = markersOf(view).filter(([id]) => this.elements.get(id));
    for (const [id, marker] of this.#markers) this.canvas.addMarker(id, marker);
    for (const badge of badgesOf(view)) this.#addBadge(badge);
  }

  #addBadge({ id, text, title, tone }) {
    if (!this.elements.get(id)) return;
    const html = document.createElement('span');
    html.className = `tf-diagram-badge tf-diagram-badge-${tone}`;
    html.textContent = text;
    if (title) html.title = title;
    this.overlays.add(id, { position: BADGE_POSITION, html });
  }

  /** The wheel scrolls the page until the person clicks into the diagram. */
  #letThePageScroll() {
    const zoomScroll = this.viewer.get('zoomScroll');
    this.container.addEventListener('pointerdown', () => zoomScroll.toggle(true));
    this.container.addEventListener('pointerleave', () => zoomScroll.toggle(false));
  }
}

function canvasOf(container) {
  const given = container.querySelector('[data-canvas]');
  if (given) return given;
  const canvas = document.createElement('div');
  canvas.className = 'tf-diagram-canvas';
  canvas.dataset.canvas = '';
  container.classList.add('tf-diagram');
  container.prepend(canvas);
  return canvas;
}

function readView(container) {
  const script = container.querySelector('script[type="application/json"]');
  return script ? JSON.parse(script.textContent) : {};
}

function wireTools(container, diagram, reset) {
  const tools = { in: () => diagram.zoom(1.25), out: () => diagram.zoom(0.8), fit: reset };
  for (const button of container.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', tools[button.dataset.zoom]);
  }
}

/** Show the diagram of one `[data-diagram]` element; resolves to the Diagram. */
export async function mountDiagram(container) {
  const diagram = new Diagram(container);
  const view = readView(container);
  const response = await fetch(container.dataset.modelUrl, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${container.dataset.modelUrl}: ${response.status}`);
  await diagram.open(await response.text());
  const activeIds = Object.keys(view.states ?? {}).filter((id) => view.states[id] === 'active');
  const reset = () => ('focus' in container.dataset ? diagram.focus(activeIds) : diagram.fit());
  diagram.show(view);
  reset();
  wireTools(container, diagram, () => diagram.fit());
  new ResizeObserver(() => {
    diagram.canvas.resized();
    reset();
  }).observe(container);
  container.dataset.ready = '';
  return diagram;
}

/** Show every diagram of the page; one that cannot be loaded says so in its place. */
export function mountDiagrams(root = document) {
  const mounts = [...root.querySelectorAll('[data-diagram]')].map(async (container) => {
    try {
      return await mountDiagram(container);
    } catch (error) {
      const words = document.createElement('p');
      words.className = 'tf-diagram-problem';
      words.textContent = container.dataset.problem;
      canvasOf(container).replaceChildren(words);
      container.dataset.ready = 'failed';
      console.warn(error);
      return null;
    }
  });
  return Promise.all(mounts);
}
