import { expect, test } from 'vitest';

import { fitting } from '../src/lib/dialogs.js';

const people = ['bob bao doctor', '鲍医生 医生 bob', 'alice li front desk'];

test('every word that is typed must be found', () => {
  expect(fitting(people, 'bob doc')).toEqual([true, false, false]);
  expect(fitting(people, '鲍')).toEqual([false, true, false]);
});

test('nothing typed leaves everybody', () => {
  expect(fitting(people, '  ')).toEqual([true, true, true]);
});
