// Options of the charts of studies: tornado, cost against a KPI, a queue with its band. Pure functions, as in
// charts-options.js.

import { COLOURS, categories, frame, whiskers } from './charts-options.js';

const LARGER = COLOURS.alternative;
const SMALLER = COLOURS.baseline;

/** Two bars per assumption from zero, one for less and one for more; what may be chance is pale. */
export function tornado({ rows, axis, smaller, larger }, { widthPx, font }) {
  const base = frame(axis, { widthPx, font, hasLegend: true });
  return {
    ...base,
    grid: { ...base.grid, right: 16 },
    xAxis: { ...base.xAxis, axisLabel: { ...base.xAxis.axisLabel, formatter: withMinus } },
    yAxis: categories(rows, widthPx),
    series: [
      ...side(rows, { field: 'smaller', name: smaller, colour: SMALLER, font }),
      ...side(rows, { field: 'larger', name: larger, colour: LARGER, font }),
    ],
  };
}

/** A figure of an axis with the sign that the texts have. */
function withMinus(value) {
  return value.toLocaleString('en').replace('-', '−');
}

function side(rows, { field, name, colour, font }) {
  const ends = rows.map((row) => row[field]);
  return [
    {
      type: 'bar',
      name,
      barWidth: 18,
      barGap: '-100%',
      itemStyle: { color: colour },
      data: ends.map((end, row) => ({
        value: end ? end.value : null,
        itemStyle: { opacity: rows[row].clear ? 1 : 0.35 },
        tip: end ? `${rows[row].name}, ${name}: ${end.label}` : '',
      })),
    },
    {
      ...whiskers(
        ends.flatMap((end, row) => (end ? [[end.low, end.high, row, '']] : [])),
        () => COLOURS.text,
        { shift: 0, width: 1.2, font },
      ),
      name,
      tooltip: { show: false },
    },
  ];
}

/** Points of cost and KPI with upright whiskers; a line joins them, today stands apart, a limit is dashed. */
export function costKpi({ points, today, x, y, limit, limitWord }, { widthPx, font }) {
  const base = frame(x, { widthPx, font, hasLegend: false });
  const reach = Math.max(...[...points, ...(today ? [today] : [])].map((p) => p.x)); // its label would be cut off on the right
  return {
    ...base,
    grid: { ...base.grid, right: 24, top: 36, bottom: 30 },
    xAxis: { ...base.xAxis, scale: true },
    yAxis: { ...base.xAxis, name: y, nameLocation: 'end', nameGap: 14, nameTextStyle: { ...base.xAxis.nameTextStyle, align: 'left' }, min: 0 },
    series: [
      { type: 'line', silent: true, symbol: 'none', lineStyle: { color: COLOURS.line, width: 2 }, data: points.map((p) => [p.x, p.y]) },
      upright([...points, ...(today ? [today] : [])]),
      marks(points, { reach, colour: COLOURS.alternative, symbol: (p) => (p.best ? 'circle' : 'emptyCircle'), limit, limitWord }),
      ...(today ? [marks([today], { reach, colour: COLOURS.baseline, symbol: () => 'diamond' })] : []),
    ],
  };
}

function marks(points, { reach, colour, symbol, limit, limitWord }) {
  return {
    type: 'scatter',
    symbolSize: 12,
    z: 6,
    data: points.map((p) => ({ value: [p.x, p.y], name: p.name, symbol: symbol(p), itemStyle: { color: colour }, tip: p.tip, label: { position: points.length > 10 ? 'bottom' : p.x === reach ? 'left' : 'right', distance: 8 } })),
    label: { show: true, formatter: (item) => (isNamed(item.dataIndex, points.length) ? item.name : ''), color: COLOURS.text, fontSize: 13 },
    markLine: limit
      ? {
          silent: true,
          symbol: 'none',
          label: { formatter: limitWord, position: 'insideStartTop', color: COLOURS.muted, fontSize: 13 },
          lineStyle: { color: COLOURS.muted, type: 'dashed' },
          data: [{ yAxis: limit }],
        }
      : undefined,
  };
}

/** Of many points only some are named: the first, the last and every fifth. */
function isNamed(index, count) {
  return count <= 10 || index === 0 || index === count - 1 || (index + 1) % 5 === 0;
}

function upright(points) {
  return {
    type: 'custom',
    silent: true,
    z: 4,
    data: points.map((p) => [p.x, p.low, p.high]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (params, api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const style = { stroke: COLOURS.muted, lineWidth: 1.4, fill: null };
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
      return { type: 'group', children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] };
    },
  };
}

/** A curve with its band: an invisible floor and the height of the band stacked on it. */
export function band({ moments, low, middle, high }, { widthPx, font }) {
  const base = frame('', { widthPx, font, hasLegend: false });
  const edge = { type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, step: 'middle' };
  return {
    ...base,
    grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
    tooltip: { ...base.tooltip, trigger: 'axis', formatter: ([{ dataIndex: i }]) => `${moments[i]}: ${middle[i]} (${low[i]}–${high[i]})` },
    xAxis: { type: 'category', data: moments, boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: COLOURS.line } }, axisLabel: { color: COLOURS.muted, fontSize: 13, hideOverlap: true } },
    yAxis: { type: 'value', min: 0, minInterval: 1, axisLabel: { color: COLOURS.muted, fontSize: 13 }, splitLine: { lineStyle: { color: COLOURS.line } } },
    series: [
      { ...edge, data: low },
      { ...edge, data: high.map((top, i) => top - low[i]), areaStyle: { color: COLOURS.alternative, opacity: 0.18 } },
      { type: 'line', data: middle, symbol: 'none', step: 'middle', lineStyle: { color: COLOURS.alternative, width: 2 } },
    ],
  };
}
