import '../styles/insight.css';
import { mountInsight } from '../lib/insight.js';

const page = document.querySelector('[data-page]');
await mountInsight(page);
page.dataset.ready = '';
