import { expect, test } from 'vitest';

import { sendOnce } from '../src/lib/send_once.js';

function aSubmitOf(form) {
  const event = new Event('submit', { cancelable: true });
  Object.defineProperty(event, 'target', { value: form });
  return event;
}

function rootWithListener() {
  const root = new EventTarget();
  sendOnce(root);
  return root;
}

test('a second submit of the same form is stopped', () => {
  const root = rootWithListener();
  const form = { method: 'post', dataset: {} };
  const [first, second] = [aSubmitOf(form), aSubmitOf(form)];
  root.dispatchEvent(first);
  root.dispatchEvent(second);

  expect([first.defaultPrevented, second.defaultPrevented]).toEqual([false, true]);
});

test('a submit that validation stopped may be repeated', () => {
  const root = rootWithListener();
  const form = { method: 'post', dataset: {} };
  const stopped = aSubmitOf(form);
  stopped.preventDefault();
  root.dispatchEvent(stopped);
  const again = aSubmitOf(form);
  root.dispatchEvent(again);

  expect(again.defaultPrevented).toBe(false);
});
