// One picture per data set that shows what the data obey: orbits of a motion that the distribution keeps, and of one
// that it breaks; where no motion is known, the events coloured by the most relevant latent. As in figures.js.
'use strict';
{
  const POINTS = 700;
  const ORBITS = [0.2, 0.45, 0.7, 0.95];  // quantiles of the speed of the events that orbits go through
  const HEAD = 0.032;                     // of an arrow, in units of the panel's width
  const ROUNDING = 1e-6;                  // of a residual that counts as none
  const LONG = 120;                       // characters of an equation that a caption holds

  const verdict = (generator) => (generator.density ? generator.density.verdict : '');

  // At most two motions: one that is kept, one that is broken; else the first of the set.
  function motions(study) {
    const analysis = study.analysis;
    if (!analysis) return [];
    const {symmetry, distribution} = analysis;
    const of = (part) => (part ? part.generators.map((g) => ({generator: g, coordinates: part.coordinates})) : []);
    const known = [...of(distribution), ...of(symmetry)];
    const first = (kind, test) => {
      const found = known.find((m) => m.generator.matrix && test(verdict(m.generator)));
      return found ? [{...found, kind}] : [];
    };
    const tested = [...first('kept', (v) => v === 'invariant'), ...first('broken', (v) => v === 'broken')];
    if (tested.length) return tested;
    const open = [...first('undecided', (v) => v === 'undecided'), ...first('set', (v) => v === '')].slice(0, 1);
    return open.length ? open : dictionary(analysis);
  }

  function dictionary({fields}) {
    const found = fields ? fields.fields.find((f) => f.velocity.length && f.velocity.length === fields.points.length) : null;
    if (!found) return [];
    const kind = {invariant: 'kept', broken: 'broken', undecided: 'undecided'}[found.density.verdict] || 'set';
    const motion = {points: fields.points, velocity: found.velocity};
    const generator = {name: found.equation, motion, orbits: found.orbits, residual: found.residual};
    return [{generator, coordinates: fields.columns, kind}];
  }

  const extent = (values) => {
    const [low, high] = symscan.extent(values);
    return low < high ? [low, high] : [low - 1, high + 1];
  };
  // Where nearly all values lie, if a few lie far from the others; else all.
  function bulk(values) {
    const known = values.filter(Number.isFinite).sort((a, b) => a - b);
    const all = extent(known);
    if (known.length < 100) return all;
    const at = (q) => known[Math.round(q * (known.length - 1))];
    const most = [at(0.01), at(0.99)];
    return most[0] < most[1] && all[1] - all[0] > 1.6 * (most[1] - most[0]) ? padded(most) : all;
  }
  const padded = ([low, high], part = 0.08) => [low - part * (high - low), high + part * (high - low)];

  // Ranges of one panel: of equal length where the two columns are alike in size, or where a motion turns one into the other.
  function ranges(x, y, turns = false) {
    const [a, b] = [padded(bulk(x)), padded(bulk(y))];
    const ratio = (a[1] - a[0]) / (b[1] - b[0]);
    if (!turns && (ratio < 0.5 || ratio > 2)) return {x: a, y: b, equal: false};
    const half = Math.max(a[1] - a[0], b[1] - b[0]) / 2;
    const about = ([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half];
    return {x: about(a), y: about(b), equal: true};
  }

  // The two columns of which one moves the other most, in units of their widths.
  function planeOf({matrix}, span) {
    if (!matrix) return null;
    const strength = (r, c) => (r === c || !(span[r] > 0) ? 0 : (Math.abs(matrix[r][c] ?? 0) * span[c]) / span[r]);
    const pairs = matrix.flatMap((row, r) => row.map((_, c) => ({r, c, strength: strength(r, c)})));
    const top = Math.max(...pairs.map((p) => p.strength));
    const first = top > 1e-6 ? pairs.find((p) => p.strength > 0.8 * top) : null;
    return first ? [Math.min(first.r, first.c), Math.max(first.r, first.c)] : null;
  }

  // A rotation or a boost of two columns of one unit.
  function turns({matrix}, i, j) {
    if (!matrix) return false;
    const there = Math.abs(matrix[i][j] ?? 0), back = Math.abs(matrix[j][i] ?? 0);
    return there > 0 && Math.abs(there - back) < 0.01 * there;
  }

  // Whether entries that face each other are of opposite sign and of one size: only then it turns circles into themselves.
  function isRotation({matrix}) {
    const largest = Math.max(...matrix.flat().map((x) => Math.abs(x ?? 0)));
    return matrix.every((row, r) => row.every((value, c) => {
      const there = value ?? 0, back = matrix[c][r] ?? 0;
      const both = Math.min(Math.abs(there), Math.abs(back)) > ROUNDING * largest;
      return r === c || !both || Math.abs(there + back) <= 0.01 * largest;
    }));
  }

  // Whether orbits in the plane of two columns come back to where they began.
  function closes({matrix}, i, j) {
    const entry = (r, c) => matrix[r][c] ?? 0;
    const largest = Math.max(...matrix.flat().map((x) => Math.abs(x ?? 0)));
    const half = (entry(i, i) - entry(j, j)) / 2;
    return Math.abs(entry(i, i) + entry(j, j)) < 0.01 * largest && half * half + entry(i, j) * entry(j, i) < -1e-4 * largest * largest;
  }

  // The name of a motion where it is true of the matrix, else its equation.
  function calledName(generator, i, j) {
    const {name, kind = '', matrix, equation} = generator;
    const called = (word) => kind === word || new RegExp(`^${word} (in|of) `).test(name);
    const misnamed = !!matrix && ((called('rotation') && !isRotation(generator)) || (called('shear') && closes(generator, i, j)));
    return misnamed && equation ? equation : name;
  }

  function starts(field, [i, j], span) {
    const speed = (n) => Math.hypot(field.velocity[n][i] / span[i], field.velocity[n][j] / span[j]);
    const order = field.points.map((_, n) => n).sort((a, b) => speed(a) - speed(b));
    return ORBITS.map((q) => field.points[order[Math.floor(q * (order.length - 1))]]);
  }

  // An arrow head in the middle of every orbit, as line segments that null breaks.
  function heads(orbits, [i, j], range) {
    const size = [range.x[1] - range.x[0], range.y[1] - range.y[0]];
    const x = [], y = [];
    for (const orbit of orbits) {
      if (orbit.length < 4) continue;
      const n = Math.floor(0.12 * orbit.length) + 1;
      const tip = orbit[n];
      const angle = Math.atan2((tip[j] - orbit[n - 1][j]) / size[1], (tip[i] - orbit[n - 1][i]) / size[0]);
      for (const turn of [2.6, 0, -2.6]) {
        const length = turn ? HEAD : 0;
        x.push(tip[i] + length * size[0] * Math.cos(angle + turn));
        y.push(tip[j] + length * size[1] * Math.sin(angle + turn));
      }
      x.push(null);
      y.push(null);
    }
    return {x, y};
  }

  // The events under one motion and the plane to draw it in; null where the sample does not hold its columns.
  function scene(study, {generator, coordinates}) {
    if (coordinates.length < 2) return null;
    const field = symscan.motion.flow(study, generator, coordinates);
    if (!field) return null;
    const span = coordinates.map((_, d) => {
      const [low, high] = bulk(field.points.map((p) => p[d]));
      return high - low;
    });
    const [i, j] = planeOf(generator, span) || symscan.motion.plane(field.moved, coordinates);
    const range = ranges(field.points.map((p) => p[i]), field.points.map((p) => p[j]), turns(generator, i, j));
    if (range.equal) span[i] = span[j] = Math.max(span[i], span[j]);
    return {field, span, i, j, range};
  }

  function panel(study, motion) {
    const seen = scene(study, motion);
    if (!seen) return null;
    const {field, span, i, j, range} = seen, {generator, coordinates, kind} = motion;
    const orbits = generator.orbits && generator.orbits.length ?
        generator.orbits :
        symscan.motion.affineOrbits(generator, field.points, span, starts(field, [i, j], span));
    const thin = study.analysis.dimension === 1;
    return {
      points: field.points, orbits, i, j, range, kind, name: calledName(generator, i, j), equation: generator.equation || '',
      names: coordinates.map((name) => symscan.columnText(name, study)), thin, remark: remark(generator),
      nearly: generator.residual > ROUNDING || generator.approximate === true, outliers: study.analysis.outliers ?? 0
    };
  }

  // How far a motion is from one of the set.
  function remark({residual, leaves}) {
    const percent = Math.round(100 * (leaves ?? 0));
    if (percent) return ` (leads ${percent} % of the events out)`;
    return residual > ROUNDING ? ` (within ${symscan.short(Number((100 * residual).toPrecision(2)))} % of the motion)` : '';
  }

  // Two motions of one name are told apart by their equations, or by the planes that they are drawn in.
  function tellApart(panels) {
    const [a, b] = panels;
    if (!b || a.name !== b.name) return panels;
    const short = panels.every((p) => p.equation && p.equation.length < LONG) && a.equation !== b.equation;
    return panels.map((p) => ({...p, name: `${p.name} ${short ? `(${p.equation})` : `in the plane of ${p.names[p.i]} and ${p.names[p.j]}`}`}));
  }

  const setOf = ({outliers}) => outliers ? `the set of all but ${symscan.plural(outliers, 'event')}` : 'the set of the data';
  const keepsSet = (p) => `${p.nearly ? 'nearly keeps' : 'keeps'} ${setOf(p)}`;

  const legendOf = (p) => ({
    kept: 'kept by the distribution',
    broken: 'broken by the distribution',
    undecided: `${p.nearly ? 'nearly keeps' : 'keeps'} the set; distribution undecided`,
    set: keepsSet(p),
  }[p.kind]);

  // "rotation in x-y, which the distribution keeps"
  const said = (p) => `${p.name}${p.remark}, which ${{
    kept: 'the distribution keeps',
    broken: 'the distribution breaks',
    undecided: `${keepsSet(p)}; whether the distribution keeps it is undecided`,
    set: keepsSet(p)
  }[p.kind]}`;
  // Traces and axes of panel k.
  function drawPanel(p, k, layout) {
    const t = symscan.theme();
    const suffix = k ? String(k + 1) : '';
    const color = p.kind === 'broken' ? t.series[1] : t.series[0];
    const axes = {xaxis: `x${suffix}`, yaxis: `y${suffix}`};
    const step = Math.max(1, Math.ceil(p.points.length / POINTS));
    const shown = p.points.filter((_, m) => m % step === 0);
    const path = (d) => p.orbits.flatMap((orbit) => [...orbit.map((x) => x[d]), null]);
    const line = {color, width: 1.8};
    const names = [p.i, p.j].map((d) => p.names[d]);
    layout[`xaxis${suffix}`] = symscan.axis(
        names[0], {range: p.range.x, nticks: 5});
    layout[`yaxis${suffix}`] = symscan.axis(names[1], {
      range: p.range.y,
      nticks: 5,
      ...(p.range.equal ? {scaleanchor: `x${suffix}`, scaleratio: 1} : {})
    });
    return [
      {
        type: 'scatter',
        mode: 'markers',
        showlegend: false,
        x: shown.map((x) => x[p.i]),
        y: shown.map((x) => x[p.j]),
        ...axes,
        marker: p.thin ? {size: 8, color: t.inactive, opacity: 0.6} : {size: 3, color: t.muted, opacity: 0.4},
        hovertemplate: `${names[0]} %{x:.4g}<br>${names[1]} %{y:.4g}<extra></extra>`
      },
      {
        type: 'scatter',
        mode: 'lines',
        name: legendOf(p),
        x: path(p.i),
        y: path(p.j),
        ...axes,
        line: p.kind === 'broken' ? {...line, dash: 'dash'} : line,
        hoverinfo: 'skip'
      },
      {
        type: 'scatter',
        mode: 'lines',
        showlegend: false,
        ...heads(p.orbits, [p.i, p.j], p.range),
        ...axes,
        line,
        hoverinfo: 'skip'
      },
    ];
  }

  function motionPicture(panels) {
    const layout = symscan.layout({showlegend: true, grid: symscan.panelGrid(panels.length)});
    const traces = panels.flatMap((p, k) => drawPanel(p, k, layout));
    const list = panels.map((p, k) => p.kind !== 'broken' ? said(p) : k ? `dashed: ${said(p)}` : `${said(p)} (dashed)`);
    return {
      traces,
      layout,
      caption: `Orbits of ${list.join('; ')}.`,
      text: panels.map((p) => `Events in the plane of ${p.names[p.i]} and ${p.names[p.j]}, with orbits of ${said(p)}.`).join(' '),
    };
  }

  // Two columns in which to look at a study.
  function twoColumns(study) {
    const [x, y] = study.varying;
    return y === undefined ? null : [x, y];
  }

  // The curve that a constraint leaves of the plane, with the events on it.
  function constraintPicture(study) {
    if (study.columns.length !== 2 || !study.analysis) return null;
    for (const {equation, exact} of study.analysis.constraints) {
      const x = study.sample.map((r) => r[0]), y = study.sample.map((r) => r[1]);
      const range = ranges(x, y);
      const curve = symscan.implicitCurve(equation, study.columns, range);
      if (!curve) continue;
      const p = {
        points: study.sample,
        orbits: [],
        i: 0,
        j: 1,
        range,
        kind: 'set',
        names: study.columns.map((_, i) => symscan.columnName(study, i)),
        thin: study.analysis.dimension === 1
      };
      const layout = symscan.layout({showlegend: true, grid: symscan.panelGrid(1)});
      const traces = drawPanel(p, 0, layout);
      traces[1] = {...traces[1], ...curve, name: exact ? 'constraint' : 'approximate constraint'};
      return {
        traces: traces.slice(0, 2),
        layout,
        caption: `Curve: ${equation}${exact ? '' : ', which holds approximately'}.`,
        text: `Events in the plane of ${p.names[0]} and ${p.names[1]}, ${exact ? 'on' : 'near'} the curve ${equation}.`,
      };
    }
    return null;
  }

  // Why no motion is drawn, as far as the analysis says it.
  function nothingKnown({analysis, answer}) {
    if (!analysis) return 'Not analysed. ';
    if (!answer) return '';
    if (answer.set === 'unclear') return 'The symmetry of the data is unclear. ';
    const none = answer.distribution === 'none' || (answer.set === 'none' && answer.distribution === '');
    return none ? 'No continuous symmetry was found. ' : '';
  }

  function latentPicture(study) {
    const group = symscan.firstGroup(study);
    const seen = group && group.representative;
    const columns = twoColumns(study);
    const t = symscan.theme();
    if (!study.sample.length || (!columns && !seen)) return null;
    const mu = seen ? seen.activations.map((row) => row[0]) : null;
    const x = study.sample.map((r) => r[columns ? columns[0] : study.varying[0]]);
    const y = columns ? study.sample.map((r) => r[columns[1]]) : mu;
    const range = ranges(x, y);
    const [low, high] = mu ? extent(mu) : [0, 0];
    const color = mu ? {
      color: mu,
      colorscale: symscan.SCALE,
      cmin: Math.min(low, -0.5),
      cmax: Math.max(high, 0.5),
      colorbar: symscan.colorbar('μ(x) of latent 1')
    } : {color: t.muted, size: 3, opacity: 0.5};
    const names = [
      symscan.columnName(study, columns ? columns[0] : study.varying[0]),
      columns ? symscan.columnName(study, columns[1]) : 'mean activation of latent 1'
    ];
    return {
      traces: [{
        type: 'scatter',
        mode: 'markers',
        x,
        y,
        marker: {size: 4, opacity: 0.85, ...color},
        hovertemplate: `${names[0]} %{x:.4g}<br>${names[1]} %{y:.4g}<extra></extra>`
      }],
      layout: symscan.layout({
        showlegend: false,
        xaxis: symscan.axis(names[0], {range: range.x, nticks: 6}),
        yaxis: symscan.axis(names[1], {
          range: range.y,
          nticks: 5,
          ...(range.equal && columns ? {scaleanchor: 'x', scaleratio: 1} : {})
        }),
      }),
      caption: `${nothingKnown(study)}${
          mu ? 'Events, coloured by the mean activation of the most relevant latent.' :
               'Events of the sample.'}`,
      text: `Scatter plot of events in ${names[0]} and ${names[1]}${
          mu ? ', coloured by the mean activation of the most relevant latent' : ''}.`,
    };
  }

  symscan.answerFigure = {
    id: 'answer',
    title: 'What the data obey',
    choices: () => [],
    height: (study) => (symscan.narrow() && motions(study).length > 1 ? 560 : 310),
    build(study) {
      const panels = tellApart(motions(study).map((m) => panel(study, m)).filter(Boolean));
      const picture = panels.length ? motionPicture(panels) : constraintPicture(study) || latentPicture(study);
      return picture || {empty: 'No event and no activation is stored of this data set, so nothing can be drawn.'};
    },
  };

  // Figures that the page shows before those of the studies, each with the name of its file.
  symscan.reportFigures = (data) => [
    ...data.studies.map((study) => ({name: `${study.dataset}-answer`, figure: symscan.answerFigure, study})),
    ...symscan.PAPER_ACROSS.filter((f) => f.applies(null, null, data))
        .map((figure) => ({name: `paper-${figure.id}`, figure, study: null}))
  ];
}
