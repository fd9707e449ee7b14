/**
 * Keep a form from being sent twice by a double click.
 *
 * The server refuses the second command anyway; this spares the person the message.
 */
export function sendOnce(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '';
  });
  // A page that comes back from the history must be usable again.
  globalThis.addEventListener?.('pageshow', () => {
    for (const form of root.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
}
