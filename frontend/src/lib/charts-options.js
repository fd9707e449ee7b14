// Options of our charts: pure functions from figures to what ECharts takes, so that they can be tested.
// Every row brings its figures in the unit of the axis and its label as people read it.

export const COLOURS = {
  baseline: '#6B7280',
  alternative: '#0F6E6A',
  better: '#15803D',
  worse: '#B91C1C',
  unclear: '#5B6675',
  line: '#E3E6EB',
  text: '#1C2430',
  muted: '#5B6675',
  heat: '#E9883A',
};

const ROW_PX = 36;
export const NARROW_PX = 560;

/** Height of a chart with a number of rows, so that rows keep their size however many there are. */
export function chartHeight(rows, series = 1) {
  return rows * (ROW_PX + (series - 1) * 18) + 50;
}

/** Horizontal bars with whiskers, one group of bars per row; the label stands behind the whisker. */
export function intervalBars({ rows, series, axis }, { widthPx, font }) {
  const base = frame(axis, { widthPx, font, hasLegend: series.length > 1 });
  const lines = widthPx < NARROW_PX ? series.length : 1; // of the legend: names of scenarios are long
  return {
    ...base,
    grid: { ...base.grid, top: base.grid.top + (lines - 1) * 20 },
    yAxis: categories(rows, widthPx),
    series: series.flatMap((one, index) => barWithWhisker(rows, one, { index, count: series.length, font })),
  };
}

/** Relative differences as points with whiskers around the zero line: left of it is less. Labels in a column. */
export function forest({ rows, axis }, { widthPx, font }) {
  const reach = niceCeil(Math.max(10, ...rows.flatMap((row) => [Math.abs(row.low), Math.abs(row.high)])));
  const base = frame(axis, { widthPx, font, hasLegend: false });
  return {
    ...base,
    xAxis: { ...base.xAxis, min: -reach, max: reach, interval: reach / 2, axisLabel: { ...base.xAxis.axisLabel, formatter: percent } },
    yAxis: categories(rows, widthPx),
    series: [
      whiskers(rows.map((row, index) => [row.low, row.high, index, row.label]), (index) => COLOURS[rows[index].verdict], { shift: 0, width: 1.4, font, labelsAt: reach }),
      {
        type: 'scatter',
        symbolSize: 11,
        data: rows.map((row, index) => ({
          value: [row.value, index],
          name: row.name,
          symbol: { better: 'circle', worse: 'diamond', unclear: 'emptyCircle' }[row.verdict],
          itemStyle: { color: COLOURS[row.verdict] },
          tip: `${row.name}: ${row.label}`,
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: COLOURS.text, type: 'solid', width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
}

export function frame(axis, { widthPx, font, hasLegend }) {
  const isNarrow = widthPx < NARROW_PX;
  return {
    textStyle: { fontFamily: font, fontSize: 13, color: COLOURS.text },
    animationDuration: 160,
    aria: { enabled: true },
    grid: { left: 8, right: isNarrow ? 116 : 132, top: hasLegend ? 32 : 8, bottom: 26, containLabel: true },
    legend: hasLegend ? { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { fontSize: 13, color: COLOURS.text } } : undefined,
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, formatter: (item) => item.data.tip ?? '' },
    xAxis: {
      type: 'value',
      name: axis,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: COLOURS.muted, fontSize: 13 },
      axisLabel: { color: COLOURS.muted, fontSize: 13, hideOverlap: true },
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
  };
}

/** The names of the rows; where there is little room, the short ones. */
export function categories(rows, widthPx) {
  const isNarrow = widthPx < NARROW_PX;
  return {
    type: 'category',
    inverse: true,
    data: rows.map((row) => (isNarrow && row.short) || row.name),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOURS.line } },
    axisLabel: {
      color: COLOURS.text,
      fontSize: 13,
      interval: 0,
      width: isNarrow ? 84 : 170,
      overflow: 'break',
      lineHeight: 15,
    },
  };
}

function barWithWhisker(rows, { name, colour, field }, { index, count, font }) {
  const figures = rows.map((row) => row[field]);
  const colourHex = COLOURS[colour];
  return [
    {
      type: 'bar',
      name,
      barWidth: count > 1 ? 13 : 16,
      barGap: '30%',
      itemStyle: { color: colourHex, borderRadius: [0, 3, 3, 0] },
      data: figures.map((figure, row) => ({
        value: figure ? figure.value : null,
        tip: figure ? `${rows[row].name}${count > 1 ? `, ${name}` : ''}: ${figure.label}` : '',
      })),
    },
    {
      ...whiskers(
        figures.flatMap((figure, row) => (figure ? [[figure.low, figure.high, row, figure.label]] : [])),
        () => COLOURS.text,
        { shift: count > 1 ? (index - (count - 1) / 2) * 17 : 0, width: 1.4, font },
      ),
      name,
      tooltip: { show: false },
    },
  ];
}

/** A custom series of whiskers [low, high, row, label]; ``shift`` moves them onto their bar, ``labelsAt`` lines the labels up. */
export function whiskers(data, colourOf, { shift, width, font, labelsAt }) {
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data: data.map(([low, high, row, label]) => ({ value: [low, row, high], label })),
    encode: { x: [0, 2], y: 1 },
    renderItem: (params, api) => {
      const row = api.value(1);
      const [x1, y] = api.coord([api.value(0), row]);
      const [x2] = api.coord([api.value(2), row]);
      const style = { stroke: colourOf(row), lineWidth: width, fill: null };
      const line = (a, b, c, d) => ({ type: 'line', shape: { x1: a, y1: b, x2: c, y2: d }, style });
      const at = y + shift;
      const label = data[params.dataIndex][3];
      const children = [line(x1, at, x2, at), line(x1, at - 4, x1, at + 4), line(x2, at - 4, x2, at + 4)];
      if (label) {
        children.push({
          type: 'text',
          x: (labelsAt === undefined ? x2 : api.coord([labelsAt, row])[0]) + 8,
          y: at,
          style: { text: label, fill: COLOURS.text, font: `13px ${font}`, textVerticalAlign: 'middle' },
        });
      }
      return { type: 'group', children };
    },
  };
}

function percent(value) {
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value)} %`;
}

/** Round up to a figure that divides well on an axis. */
export function niceCeil(value) {
  const step = value > 100 ? 50 : value > 40 ? 20 : 10;
  return Math.ceil(value / step) * step;
}
