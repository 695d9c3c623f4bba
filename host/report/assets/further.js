// Beyond affine motions of the rows: finite groups, motions from a dictionary, laws of trajectories, what leaves a
// labelled function unchanged, and where a motion is broken: as read from the data, and the figure of the last. Members as
// in analysis.json.
'use strict';
{
  const {list, object, numbers, number, text, texts, rows, density} = symscan.as;
  const optional = (value, read) => (value ? read(object(value)) : null);

  const finiteMap = (value) => ({name: text(object(value).name), density: density(object(value).density)});

  const discrete = (source) => ({
    group: text(source.group),
    order: number(source.order),
    tried: number(source.tried),
    maps: ['generators', 'undecided', 'broken'].flatMap((kind) => list(source[kind]).map(finiteMap)),
    notes: texts(source.notes),
  });

  const field = (value, index) => {
    const source = object(value);
    return {
      index,
      equation: text(source.equation),
      residual: number(source.residual),
      density: density(source.density),
      velocity: rows(source.velocities),
      orbits: list(source.orbits).map(rows),
    };
  };
  const fields = (source) => ({
    dictionary: text(source.dictionary),
    searched: number(source.searched),
    keeps: text(source.keeps),
    independent: number(source.independent),
    columns: texts(source.columns),
    points: rows(source.rows),
    fields: list(source.fields).map(field),
    notes: texts(source.notes),
  });

  const trajectories = (source) => ({
    count: number(source.trajectories),
    searched: number(source.searched),
    independent: number(source.independent),
    laws: list(source.laws).map(
        (law) => ({equation: text(object(law).equation), within: number(object(law).within)})),
    notes: texts(source.notes),
  });

  const motion = (value) => {
    const source = object(value);
    return {
      name: text(source.name),
      equation: text(source.equation),
      residual: number(source.residual),
      weight: number(source.weight)
    };
  };
  const target = (source) => ({
    how: text(source.how),
    unexplained: number(source.unexplained),
    algebra: text(source.algebra),
    motions: [...list(source.motions), ...list(source.scaled)].map(motion),
    notes: texts(source.notes),
  });

  const scan = (source) => ({
    motion: text(source.motion),
    centres: rows(source.centres),
    change: numbers(source.change),
    threshold: number(source.threshold),
  });

  symscan.readFurther = (source) => ({
    discrete: optional(source.discrete, discrete),
    fields: optional(source.fields, fields),
    trajectories: optional(source.trajectories, trajectories),
    target: optional(source.target, target),
    scan: optional(source.scan, scan),
  });

  // The two columns in which the cells lie farthest apart in units of the columns' spread over the sample.
  function widest(found, study) {
    const size = (d) => {
      const values = found.centres.map((c) => c[d]);
      const all = study.sample.map((r) => r[d]).filter(Number.isFinite);
      return all.length && symscan.spread(all) > 0 ? symscan.spread(values) / symscan.spread(all) : 0;
    };
    const order = study.columns.map((_, d) => d).sort((a, b) => size(b) - size(a) || a - b);
    return order.slice(0, 2).sort((a, b) => a - b);
  }

  symscan.scanFigure = function(study) {
    const found = study.analysis.scan;
    if (!found || study.columns.length < 2 || !found.centres.length) return null;
    if (found.centres[0].length !== study.columns.length) return null;  // seen in other columns
    const [i, j] = widest(found, study);
    return {
      id: 'scan',
      title: 'Where the motion is broken',
      height: () => 420,
      choices: () => [],
      build() {
        const t = symscan.theme();
        const limit = Math.max(found.threshold, ...found.change.map((c) => Math.abs(c ?? 0)));
        const strong = found.change.filter((c) => Math.abs(c ?? 0) > found.threshold).length;
        return {
          traces: [
            {
              type: 'scatter',
              mode: 'markers',
              name: 'events',
              x: study.sample.map((r) => r[i]),
              y: study.sample.map((r) => r[j]),
              marker: {size: 3, color: t.inactive, opacity: 0.5},
              hoverinfo: 'skip'
            },
            {
              type: 'scatter',
              mode: 'markers',
              name: 'cells',
              x: found.centres.map((c) => c[i]),
              y: found.centres.map((c) => c[j]),
              marker: {
                size: 14,
                color: found.change,
                cmin: -limit,
                cmax: limit,
                colorscale: [[0, t.series[1]], [0.5, t.surface], [1, t.series[0]]],
                colorbar: symscan.colorbar('change (standard deviations)'),
                line: {color: t.inactive, width: 1}
              },
              hovertemplate: '%{marker.color:.2f} standard deviations<extra></extra>'
            },
          ],
          layout: symscan.layout({
            xaxis: symscan.axis(symscan.columnName(study, i)),
            yaxis: symscan.axis(symscan.columnName(study, j)),
          }),
          caption: `${found.motion}: how fast the number of events near each place changes under it, in standard ` +
              `deviations of its error. Beyond ${symscan.format(found.threshold)} it is more than chance, for all ` +
              'places together.',
          text: `Change of the distribution under ${found.motion} at ${
              symscan.plural(found.centres.length, 'place')}; beyond the threshold at ${strong}.`,
        };
      },
    };
  };
}
