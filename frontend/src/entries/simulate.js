import '../styles/insight.css';
import { wireSteppers } from '../lib/stepper.js';

const page = document.querySelector('[data-page]');
wireSteppers(page);
if (page.querySelector('[data-lenses], [data-chart]')) {
  // diagrams and charts are a few hundred kilobytes: only a result needs them
  const { mountInsight } = await import('../lib/insight.js');
  await mountInsight(page);
}
page.dataset.ready = '';
