import { expect, test } from 'vitest';

import { band, costKpi, tornado } from '../src/lib/charts-studies.js';

const VIEW = { widthPx: 800, font: 'sans-serif' };
const end = (value) => ({ value, low: value - 1, high: value + 1, label: `${value}` });

test('a tornado draws both ends from zero and pales what may be chance', () => {
  const rows = [
    { name: 'a', clear: true, smaller: end(-4), larger: end(6) },
    { name: 'b', clear: false, smaller: null, larger: end(1) },
  ];

  const bars = tornado({ rows, axis: 'min', smaller: 'less', larger: 'more' }, VIEW).series.filter((one) => one.type === 'bar');

  expect(bars.map((one) => one.data.map((bar) => bar.value))).toEqual([[-4, null], [6, 1]]);
  expect(bars[0].data.map((bar) => bar.itemStyle.opacity)).toEqual([1, 0.35]);
});

test('the point at the right edge has its name on the left', () => {
  const point = (x, name) => ({ x, y: 1, low: 0, high: 2, name, tip: '', best: false });

  const options = costKpi({ points: [point(1, '1'), point(2, '2')], today: point(3, 'today'), x: 'cost', y: 'time' }, VIEW);

  const sides = options.series.filter((one) => one.type === 'scatter').flatMap((one) => one.data.map((dot) => dot.label.position));
  expect(sides).toEqual(['right', 'right', 'left']);
});

test('a band is the difference stacked on its lower edge', () => {
  const [floor, height] = band({ moments: ['8:00', '8:15'], low: [1, 2], middle: [2, 3], high: [4, 4] }, VIEW).series;

  expect([floor.data, height.data]).toEqual([[1, 2], [3, 2]]);
});
