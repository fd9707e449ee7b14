import { expect, test } from 'vitest';

import { focusBox } from '../src/lib/focus_box.js';

test('the box is centred on the shapes and fills the viewport at the scale', () => {
  const shapes = [{ x: 100, y: 50, width: 100, height: 80 }, { x: 300, y: 50, width: 100, height: 80 }];

  const box = focusBox(shapes, { width: 300, height: 120, scale: 0.6 });

  expect(box).toEqual({ width: 500, height: 200, x: 0, y: -10 });
});
