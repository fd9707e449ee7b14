import { beforeEach, expect, test } from 'vitest';

import { dropDraft, keepDraft, takeDraft } from '../src/lib/drafts.js';

let storage;

beforeEach(() => {
  const items = new Map();
  storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
});

test('a draft comes back to the form it was typed in', () => {
  keepDraft(storage, '/tasks/5', { name: '王芳' });

  expect(takeDraft(storage, '/tasks/5')).toEqual({ name: '王芳' });
  expect(takeDraft(storage, '/tasks/5')).toEqual({});
});

test('a draft never reaches another form', () => {
  keepDraft(storage, '/start/patient_visit', { name: '王芳' });

  expect(takeDraft(storage, '/tasks/6')).toEqual({});
});

test('a draft survives a refusal and goes with any other page', () => {
  keepDraft(storage, '/tasks/5', { name: '王芳' });
  dropDraft(storage, { isRefusal: true, hasForm: false });
  expect(storage.getItem('twinflow-draft')).not.toBeNull();

  dropDraft(storage, { isRefusal: false, hasForm: false });
  expect(storage.getItem('twinflow-draft')).toBeNull();
});
