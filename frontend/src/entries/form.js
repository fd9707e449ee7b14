import { mountForm } from '../forms/form_island.js';

for (const container of document.querySelectorAll('[data-form]')) {
  mountForm(container);
}
