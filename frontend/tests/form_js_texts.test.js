import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

import { translateError } from '../src/lib/form_messages.js';

/** The validator's messages as they stand in the installed form-js, placeholders filled with 1. */
function messagesOfFormJs() {
  const viewer = createRequire(import.meta.url).resolve('@bpmn-io/form-js-viewer');
  const source = readFileSync(viewer.replace(/index\.cjs$/, 'index.es.js'), 'utf8');
  const helpers = source.slice(
    source.indexOf('function runNumberValidation'),
    source.indexOf('function oldEvaluateFEELValues'),
  );
  const texts = [...helpers.matchAll(/errors\.push\((?:[^'`]*\|\| )?(['`])(.+?)\1\)/g)];
  return texts
    .map(([, , text]) => text.replace(/\$\{[^}]*\}/g, '1'))
    .filter((text) => !text.includes("' + ") && !text.includes('validation value is not'));
}

test('every message of the installed form-js has a translation', () => {
  const messages = messagesOfFormJs();

  expect(messages.length).toBeGreaterThan(8);
  expect(messages.filter((text) => translateError(text, 'zh-Hans') === text)).toEqual([]);
});
