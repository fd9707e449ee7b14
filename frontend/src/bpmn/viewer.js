import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';

import { fitBox, focusBox, huggingHeight } from '../lib/focus_box.js';
import { badgesOf, markersOf } from '../lib/markers.js';
import '../styles/diagram.css';

const READABLE_SCALE = 0.62;
const BADGE_POSITION = { top: -10, right: 16 };
const MARGIN = 16;
const STRIP = 56;
const PHONE = 640;
const LOWEST = 240;

/**
 * A BPMN diagram with markers on its elements.
 *
 * `show(view)` replaces every marker and badge; the view has the form
 * `{ states: { id: 'active' | 'done' | 'problem' }, elements: { id: { level: 1..5, badge, title } } }`.
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
    this.inner = this.canvas.viewbox().inner;
    this.#letThePageScroll();
  }

  /** Legend, tools and watermark lie beside the drawing, never on it. */
  get free() {
    const hasLegendOnTop =
      globalThis.innerWidth < PHONE && this.container.querySelector('.tf-legend') !== null;
    const top = hasLegendOnTop ? STRIP : MARGIN;
    return { left: MARGIN, right: MARGIN, top, bottom: STRIP };
  }

  fit() {
    const { width, height } = this.canvas.getSize();
    if (width === 0 || height === 0) return; // not shown yet
    this.canvas.viewbox(fitBox(this.inner, { width, height, free: this.free }));
  }

  zoom(factor) {
    this.canvas.zoom(this.canvas.zoom() * factor);
  }

  /** Come near enough to read the elements in question, if the whole diagram is too small. */
  focus(ids) {
    this.fit();
    const shapes = ids.map((id) => this.elements.get(id)).filter(Boolean);
    if (shapes.length === 0 || this.canvas.zoom() >= READABLE_SCALE) return;
    const size = { ...this.canvas.getSize(), scale: READABLE_SCALE, free: this.free };
    this.canvas.viewbox(focusBox(shapes, this.inner, size));
  }

  /** Make the container as high as the drawing needs; its CSS gives the most it may take. */
  hug() {
    const { width } = this.canvas.getSize();
    this.container.style.height = '';
    const highest = this.container.clientHeight;
    const limits = { width, free: this.free, lowest: Math.min(LOWEST, highest), highest };
    this.container.style.height = `${huggingHeight(this.inner, limits)}px`;
    this.canvas.resized();
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

function wireTools(container, diagram) {
  const tools = {
    in: () => diagram.zoom(1.25),
    out: () => diagram.zoom(0.8),
    fit: () => diagram.fit(),
  };
  for (const button of container.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', tools[button.dataset.zoom]);
  }
}

/** Lay the diagram out now and whenever the width of its container changes. */
function keepInPlace(container, diagram, view) {
  const states = view.states ?? {};
  const activeIds = Object.keys(states).filter((id) => states[id] === 'active' || states[id] === 'problem');
  let laidOutFor = 0;
  const layOut = () => {
    if (container.clientWidth === laidOutFor) return;
    laidOutFor = container.clientWidth;
    diagram.canvas.resized();
    const isSmall = container.clientWidth < PHONE && activeIds.length > 0;
    if ('hug' in container.dataset && !isSmall) diagram.hug();
    if ('focus' in container.dataset || isSmall) diagram.focus(activeIds);
    else diagram.fit();
  };
  layOut();
  new ResizeObserver(layOut).observe(container);
}

/** Show the diagram of one `[data-diagram]` element; resolves to the Diagram. */
export async function mountDiagram(container) {
  const diagram = new Diagram(container);
  const view = readView(container);
  const response = await fetch(container.dataset.modelUrl, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${container.dataset.modelUrl}: ${response.status}`);
  await diagram.open(await response.text());
  diagram.show(view);
  keepInPlace(container, diagram, view);
  wireTools(container, diagram);
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
      words.textContent = container.dataset.problem ?? '';
      canvasOf(container).replaceChildren(words);
      container.dataset.ready = 'failed';
      console.warn(error);
      return null;
    }
  });
  return Promise.all(mounts);
}
