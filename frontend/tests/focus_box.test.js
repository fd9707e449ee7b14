import { expect, test } from 'vitest';

import { fitBox, focusBox, huggingHeight } from '../src/lib/focus_box.js';

const FREE = { left: 10, right: 10, top: 10, bottom: 40 };
const DIAGRAM = { x: 100, y: 50, width: 1000, height: 400 };

test('a large diagram is made small enough to keep the edges free', () => {
  const box = fitBox(DIAGRAM, { width: 520, height: 400, free: FREE });

  expect(box.scale).toBe(0.5);
  expect(box.x).toBe(100 - 10 / 0.5);
  expect((DIAGRAM.y - box.y) * box.scale).toBeGreaterThanOrEqual(FREE.top);
});

test('a small diagram is not blown up but centred', () => {
  const box = fitBox({ x: 0, y: 0, width: 100, height: 50 }, { width: 520, height: 400, free: FREE });

  expect(box.scale).toBe(1);
  expect(box.x).toBe(-210);
});

const NONE = { left: 0, right: 0, top: 0, bottom: 0 };

test('the surroundings are centred on the shapes', () => {
  const shapes = [{ x: 500, y: 200, width: 100, height: 80 }];

  const box = focusBox(shapes, DIAGRAM, { width: 300, height: 120, scale: 0.6, free: NONE });

  expect(box).toEqual({ width: 500, height: 200, x: 300, y: 140 });
});

test('the surroundings begin where the free edges end', () => {
  const first = [{ x: 100, y: 50, width: 36, height: 36 }];
  const free = { left: 12, right: 12, top: 60, bottom: 60 };

  const box = focusBox(first, DIAGRAM, { width: 300, height: 240, scale: 0.6, free });

  expect([box.x, box.y]).toEqual([100 - 20, 50 - 100]);
});

test('what is higher than the diagram is centred on it', () => {
  const shape = [{ x: 500, y: 60, width: 100, height: 80 }];

  const box = focusBox(shape, DIAGRAM, { width: 300, height: 600, scale: 0.6, free: NONE });

  expect(box.y + box.height / 2).toBe(250);
});

test('a diagram is as high as it is drawn, within limits', () => {
  const limits = { width: 520, free: FREE, lowest: 200, highest: 600 };

  expect(huggingHeight(DIAGRAM, limits)).toBe(250);
  expect(huggingHeight({ ...DIAGRAM, height: 10 }, limits)).toBe(200);
  expect(huggingHeight({ ...DIAGRAM, height: 9000 }, limits)).toBe(600);
});
