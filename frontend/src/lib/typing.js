/**
 * Let a field take over at once what is being typed into it.
 *
 * form-js waits a moment after each key, and until a field is left. A button that keeps the focus
 * where it is, and a page that is left, come before that: so the field is told that it was left.
 */
export function settleTyping(container) {
  const field = container.ownerDocument.activeElement;
  if (field && field !== container && container.contains(field)) {
    field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
  }
}
