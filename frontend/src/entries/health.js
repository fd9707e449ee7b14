import '../styles/insight.css';
import { mountDiagrams } from '../bpmn/viewer.js';
import { mountCharts } from '../lib/charts.js';
import { wireLenses } from '../lib/lenses.js';

const page = document.querySelector('[data-page]');
const sections = [...page.querySelectorAll('[data-lenses]')];
mountCharts(page);
await Promise.all(sections.map(async (section) => wireLenses(section, await mountDiagrams(section))));
page.dataset.ready = '';
