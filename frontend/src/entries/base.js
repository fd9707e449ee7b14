import 'bootstrap/dist/css/bootstrap.css';
import '../styles/tokens.css';
import '../styles/bootstrap.css';
import '../styles/frame.css';
import '../styles/components.css';
import 'htmx.org';

import { dropDraft } from '../lib/drafts.js';
import { wireDialogs } from '../lib/dialogs.js';
import { closeMenusOnLeave } from '../lib/menus.js';
import { sendOnce } from '../lib/send_once.js';

closeMenusOnLeave(document);
wireDialogs(document);
sendOnce(document);
dropDraft(sessionStorage, {
  isRefusal: document.querySelector('[data-refusal]') !== null,
  hasForm: document.querySelector('[data-form]') !== null,
});
document.body.dataset.ready = '';
