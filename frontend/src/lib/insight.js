// What Health and a result share: charts, and diagrams with a lens switch.

import { mountDiagrams } from '../bpmn/viewer.js';
import { mountCharts } from './charts.js';
import { wireLenses } from './lenses.js';

/** Mount every chart and diagram of a page. */
export async function mountInsight(page) {
  mountCharts(page);
  const sections = [...page.querySelectorAll('[data-lenses]')];
  await Promise.all(sections.map(async (section) => wireLenses(section, await mountDiagrams(section))));
}
