// Mounts ECharts on the figures that the server wrote beside each chart: SVG renderer, nothing but the
// kinds of chart we use, no inline markup (strict CSP), redrawn when the width changes.

import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { chartHeight, forest, intervalBars } from './charts-options.js';
import { band, costKpi, tornado } from './charts-studies.js';

use([
  AriaComponent,
  BarChart,
  CustomChart,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

const KINDS = { 'interval-bars': intervalBars, forest, tornado, 'cost-kpi': costKpi, band };

/** Draw every chart below a node: ``<div data-chart="kind"><script type="application/json">…</script></div>``. */
export function mountCharts(root = document) {
  return [...root.querySelectorAll('[data-chart]')].map(mountChart);
}

function mountChart(element) {
  const figures = JSON.parse(element.querySelector('script[type="application/json"]').textContent);
  const font = getComputedStyle(element).fontFamily;
  const canvas = document.createElement('div');
  element.append(canvas);
  const size = () => ({
    width: element.clientWidth || 320,
    height: figures.heightPx ?? chartHeight(figures.rows.length, figures.series?.length ?? 1),
  });
  const chart = init(canvas, null, { renderer: 'svg', ...size() });
  const draw = () => {
    chart.resize(size());
    const options = KINDS[element.dataset.chart](figures, { widthPx: element.clientWidth || 320, font });
    chart.setOption({ ...options, animation: !isStill() }, { notMerge: true });
  };
  draw();
  describe(element, chart);
  watchWidth(element, draw);
  element.dataset.ready = 'true';
  return chart;
}

function isStill() {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** One picture for a screen reader, with the sentence that stands beside the chart. */
function describe(element, chart) {
  const picture = chart.getDom();
  picture.setAttribute('role', 'img');
  if (element.dataset.label) picture.setAttribute('aria-label', element.dataset.label);
}

function watchWidth(element, draw) {
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    draw();
  }).observe(element);
}
