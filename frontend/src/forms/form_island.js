import { Form } from '@bpmn-io/form-js';
import '@bpmn-io/form-js/dist/assets/form-js.css';

import { keepDraft, takeDraft } from '../lib/drafts.js';
import { translateControl, translateError } from '../lib/form_messages.js';
import { settleTyping } from '../lib/typing.js';
import { keepOnServer } from './server_draft.js';
import '../styles/form.css';

/** Makes form-js speak the language of the page. */
function translation(language) {
  function TranslatedErrors(validator) {
    const original = validator.validateFieldInstance.bind(validator);
    validator.validateFieldInstance = (...facts) =>
      original(...facts).map((message) => translateError(message, language));
  }
  TranslatedErrors.$inject = ['validator'];
  return { __init__: ['translatedErrors'], translatedErrors: ['type', TranslatedErrors] };
}

/** The few texts that form-js writes into its controls have no hook but the page itself. */
function translateControls(container, language) {
  const translate = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = translateControl(node.data, language);
      if (text !== undefined && text !== node.data) node.data = text;
    }
  };
  translate(container);
  new MutationObserver(() => translate(container)).observe(container, {
    childList: true,
    characterData: true,
    subtree: true,
  });
}

/** form-js checks the values it opens with once they are drawn; the server's word comes after. */
async function showServerErrors(form, errorsByKey) {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const errors = {};
  for (const field of form.get('formFieldRegistry').getAll()) {
    if (field.key in errorsByKey) errors[field.id] = [errorsByKey[field.key]];
  }
  form._setState({ errors });
}

function goToFirstProblem(container) {
  requestAnimationFrame(() => {
    const field = container.querySelector('.fjs-has-errors');
    field?.querySelector('input, textarea, select, [tabindex]')?.focus();
    field?.scrollIntoView({ block: 'center' });
  });
}

/**
 * Leaving a field shows or hides its error, which would move the button away under the mouse
 * before the click is complete: so pressing a button does not take the focus.
 */
function keepButtonsInPlace(host) {
  for (const button of host.querySelectorAll('button[type="submit"]')) {
    button.addEventListener('mousedown', (event) => event.preventDefault());
  }
}

/** Put a form-js form into `[data-form]`; its values travel with the HTML form around it. */
export async function mountForm(container, storage = sessionStorage) {
  const language = document.documentElement.lang;
  const { schema, values, errors } = JSON.parse(
    container.querySelector('script[type="application/json"]').textContent,
  );
  const isReadonly = 'readonly' in container.dataset;
  const form = new Form({
    container,
    properties: { readOnly: isReadonly },
    additionalModules: [translation(language)],
  });
  const path = location.pathname.replace(/\/completion$/, '');
  const hasErrors = Object.keys(errors).length > 0;
  const draft = isReadonly ? {} : takeDraft(storage, path);
  await form.importSchema(schema, hasErrors ? values : { ...values, ...draft });
  if (hasErrors) await showServerErrors(form, errors);
  translateControls(container, language);
  const host = container.closest('form');
  keepButtonsInPlace(host);
  const autosave = host.dataset.draftUrl ? keepOnServer(form, host) : undefined;
  host.addEventListener('submit', (event) => {
    settleTyping(container);
    const answer = form.submit();
    if (Object.keys(answer.errors).length > 0) {
      event.preventDefault();
      goToFirstProblem(container);
      return;
    }
    container.querySelector('input[name="values"]').value = JSON.stringify(answer.data);
    keepDraft(storage, path, answer.data);
    autosave?.stop();
  });
  container.dataset.ready = '';
  return form;
}
