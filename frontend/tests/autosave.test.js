import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Autosave } from '../src/lib/autosave.js';

let sent;
let answers;
let autosave;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  answers = [];
  autosave = new Autosave({
    values: { name: '' },
    send: async (values, isLeaving) => {
      sent.push([values.name, isLeaving]);
      return answers.shift() ?? true;
    },
  });
});

afterEach(() => vi.useRealTimers());

test('what is typed is saved once a moment of quiet has passed', async () => {
  autosave.changed({ name: 'W' });
  await vi.advanceTimersByTimeAsync(500);
  autosave.changed({ name: 'Wa' });
  await vi.advanceTimersByTimeAsync(1100);
  expect(sent).toEqual([]);

  await vi.advanceTimersByTimeAsync(200);
  expect(sent).toEqual([['Wa', false]]);
});

test('who types without a pause is saved every few seconds', async () => {
  for (let i = 0; i < 12; i += 1) {
    autosave.changed({ name: `W${i}` });
    await vi.advanceTimersByTimeAsync(500);
  }

  expect(sent.length).toBe(1);
});

test('what is as it was is not sent', async () => {
  autosave.changed({ name: '' });
  await vi.advanceTimersByTimeAsync(20_000);
  await autosave.flush({ isLeaving: true });

  expect(sent).toEqual([]);
});

test('leaving the page saves at once, and once only', async () => {
  autosave.changed({ name: 'Wang' });
  await Promise.all([autosave.flush({ isLeaving: true }), autosave.flush({ isLeaving: true })]);

  expect(sent).toEqual([['Wang', true]]);
});

test('what could not be saved is tried again later', async () => {
  answers = [false];
  autosave.changed({ name: 'Wang' });
  await vi.advanceTimersByTimeAsync(1300);
  await vi.advanceTimersByTimeAsync(9000);
  expect(sent.length).toBe(1);

  await vi.advanceTimersByTimeAsync(2000);
  expect(sent.length).toBe(2);
});

test('what is completed does not come back as a draft', async () => {
  autosave.changed({ name: 'Wang' });
  autosave.stop();
  await vi.advanceTimersByTimeAsync(20_000);
  await autosave.flush({ isLeaving: true });

  expect(sent).toEqual([]);
});
