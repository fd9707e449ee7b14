import { describe, expect, it } from 'vitest';
import { chartHeight, COLOURS, forest, intervalBars, niceCeil } from '../src/lib/charts-options.js';

const PLACE = { widthPx: 900, font: 'sans-serif' };
const WAITS = {
  axis: 'min',
  series: [{ name: 'AS-IS', colour: 'baseline', field: 'before' }, { name: 'TO-BE', colour: 'alternative', field: 'after' }],
  rows: [
    { name: 'Register', before: { value: 16.6, low: 15.2, high: 18, label: '16.6 min ± 1.4' }, after: null },
    { name: 'Consult', before: { value: 3.2, low: 2.7, high: 3.7, label: '3.2 min ± 0.5' }, after: { value: 4.7, low: 4.1, high: 5.3, label: '4.7 min ± 0.6' } },
  ],
};

describe('intervalBars', () => {
  const option = intervalBars(WAITS, PLACE);

  it('draws a bar and a whisker per series', () => {
    expect(option.series.map((one) => one.type)).toEqual(['bar', 'custom', 'bar', 'custom']);
  });

  it('leaves a step out that a scenario does not have', () => {
    expect(option.series[2].data[0].value).toBeNull();
    expect(option.series[3].data).toHaveLength(1);
  });

  it('names series in a legend above the chart only if there are several', () => {
    expect(option.legend.top).toBe(0);
    expect(intervalBars({ ...WAITS, series: WAITS.series.slice(0, 1) }, PLACE).legend).toBeUndefined();
  });
});

describe('forest', () => {
  const rows = [{ name: 'Cycle time', value: -48, low: -52, high: -44, verdict: 'better', label: '−48 % ± 4' }];
  const option = forest({ axis: 'change', rows }, PLACE);

  it('keeps zero in the middle', () => {
    expect(option.xAxis.min).toBe(-option.xAxis.max);
    expect(option.xAxis.max).toBeGreaterThanOrEqual(52);
  });

  it('shows a verdict by colour and shape', () => {
    expect(option.series[1].data[0].itemStyle.color).toBe(COLOURS.better);
    expect(option.series[1].data[0].symbol).toBe('circle');
  });

  it('writes signs as people do', () => {
    expect([-30, 0, 30].map(option.xAxis.axisLabel.formatter)).toEqual(['−30 %', '0 %', '+30 %']);
  });
});

describe('sizes', () => {
  it('grow with the rows', () => expect(chartHeight(8)).toBeGreaterThan(chartHeight(4)));

  it.each([[7, 10], [52, 60], [120, 150]])('round %s up to %s', (value, rounded) => expect(niceCeil(value)).toBe(rounded));
});
