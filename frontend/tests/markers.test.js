import { expect, test } from 'vitest';

import { badgesOf, markersOf } from '../src/lib/markers.js';

test('states become markers and signs, never colour alone', () => {
  const view = { states: { triage: 'active', register: 'done' } };

  expect(markersOf(view)).toEqual([['triage', 'tf-active'], ['register', 'tf-done']]);
  expect(badgesOf(view).map(({ id, text }) => [id, text])).toEqual([['triage', '▶'], ['register', '✓']]);
});

test('heat has five levels; anything else is not drawn', () => {
  const elements = { a: { level: 5 }, b: { level: 0 }, c: { level: 6 }, d: { level: '3' } };

  expect(markersOf({ elements })).toEqual([['a', 'tf-heat-5']]);
});

test('a value is shown instead of the sign of a state', () => {
  const view = { states: { a: 'active' }, elements: { a: { badge: '4.2 min', title: 'waiting' } } };

  expect(badgesOf(view)).toEqual([{ id: 'a', text: '4.2 min', title: 'waiting', tone: 'active' }]);
});

test('an empty view draws nothing', () => {
  expect(markersOf()).toEqual([]);
  expect(badgesOf({})).toEqual([]);
});

test('a problem has a sign and a marker of its own', () => {
  const view = { states: { call: 'problem' } };

  expect(markersOf(view)).toEqual([['call', 'tf-problem']]);
  expect(badgesOf(view)).toEqual([{ id: 'call', text: '⚠', title: undefined, tone: 'problem' }]);
});
