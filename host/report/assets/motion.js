// How a motion moves the events: arrows over the sample, and orbits through a few of them.
'use strict';
{
  const ORBIT_STEP = 0.02, ORBIT_STEPS = 400;  // of the figure's width
  const ARROW_DISTANCE = 0.055;  // between the feet of arrows, of the figure's width
  const ARROW_LENGTH = 0.09;     // of the figure's width, for a fast event

  symscan.spread = (values) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  };

  function movedOf({points, velocity}, coordinates) {
    const motion = coordinates.map((_, d) => {
      const width = symscan.spread(points.map((x) => x[d]));
      const speed = Math.sqrt(velocity.reduce((sum, v) => sum + v[d] ** 2, 0) / points.length);
      return width > 0 ? speed / width : 0;
    });
    return motion.map((_, d) => d).filter((d) => motion[d] > 0.05 * Math.max(...motion));
  }

  // Orbits of dx = matrix x + shift through a few of the points, until one has gone around or left the figure.
  function affineOrbits(generator, points, span, starts = null) {
    const velocity = (x) => generator.matrix.map(
        (row, i) => row.reduce((sum, a, j) => sum + (a ?? 0) * x[j], generator.shift[i] ?? 0));
    const along = (x, v, h) => x.map((value, d) => value + h * v[d]);
    const size = (v) => Math.sqrt(v.reduce((sum, value, d) => sum + (span[d] > 0 ? value / span[d] : 0) ** 2, 0));
    const farthest = (v) => Math.max(...v.map((value, d) => (span[d] > 0 ? Math.abs(value) / span[d] : 0)));
    const few = starts || [0.15, 0.4, 0.6, 0.85].map((q) => points[Math.floor(q * (points.length - 1))]);
    return few.map((start) => {
      const path = [start];
      let x = start;
      for (let step = 0; step < ORBIT_STEPS; ++step) {
        const speed = size(velocity(x));
        if (!(speed > 0)) break;
        const h = ORBIT_STEP / speed, a = velocity(x), b = velocity(along(x, a, h / 2)),
              c = velocity(along(x, b, h / 2)), d = velocity(along(x, c, h));
        x = x.map((value, k) => value + (h / 6) * (a[k] + 2 * b[k] + 2 * c[k] + d[k]));
        if (!(farthest(x.map((value, k) => value - start[k])) < 1.1)) break;
        path.push(x);
        if (step > 5 && size(x.map((value, k) => value - start[k])) < 0.7 * ORBIT_STEP) {
          path.push(start);
          break;
        }
      }
      return path;
    });
  }

  // Velocity of every event of the sample, and the coordinates that move noticeably in units of their spread.
  function flow(study, generator, coordinates) {
    if (generator.motion) return {...generator.motion, moved: movedOf(generator.motion, coordinates)};
    const index = coordinates.map((name) => study.columns.indexOf(name));
    if (!study.sample.length || !generator.matrix || index.includes(-1)) return null;
    const points = study.sample.map((row) => index.map((i) => row[i]))
                       .filter((row) => row.every((x) => Number.isFinite(x)));
    if (!points.length) return null;
    const velocity = points.map(
        (x) => generator.matrix.map(
            (row, i) => row.reduce((sum, a, j) => sum + (a ?? 0) * x[j], generator.shift[i] ?? 0)));
    return {points, velocity, moved: movedOf({points, velocity}, coordinates)};
  }

  // The plane to draw in; a generator that moves one coordinate is drawn with the next one.
  function plane(moved, coordinates) {
    const x = moved[0] ?? 0;
    const y = moved[1] ?? (x + 1) % coordinates.length;
    return x < y ? [x, y] : [y, x];
  }

  // Indices of events that are not too close to each other in the plane, so that their arrows stay readable.
  function apart(points, [i, j], span) {
    const kept = [];
    points.forEach((p, n) => {
      const free = kept.every((m) => {
        const q = points[m];
        return Math.hypot((p[i] - q[i]) / span[0], (p[j] - q[j]) / span[1]) > ARROW_DISTANCE;
      });
      if (free) kept.push(n);
    });
    return kept;
  }

  // Line segments of arrows from p along v, broken by null. Lengths are in units of
  // `span`, the width and height of the figure, so that arrow heads keep their shape.
  function arrows(points, velocity, [i, j], span) {
    const scaled = velocity.map((v) => [v[i] / span[0], v[j] / span[1]]);
    const lengths = scaled.map((v) => Math.hypot(...v)).sort((a, b) => a - b);
    const fast = lengths[Math.floor(0.9 * (lengths.length - 1))] || lengths[lengths.length - 1] || 1;
    const x = [], y = [];
    points.forEach((p, n) => {
      const [u, v] = scaled[n].map((c) => (c * ARROW_LENGTH) / fast);
      const at = (a, b) => {
        x.push(p[i] + a * span[0]);
        y.push(p[j] + b * span[1]);
      };
      const barb = (angle) =>
          at(u - 0.32 * (u * Math.cos(angle) - v * Math.sin(angle)),
             v - 0.32 * (u * Math.sin(angle) + v * Math.cos(angle)));
      at(0, 0);
      at(u, v);
      barb(0.45);
      at(u, v);
      barb(-0.45);
      x.push(null);
      y.push(null);
    });
    return {x, y};
  }

  symscan.motion = {flow, affineOrbits, plane};

  // Null where the sample does not hold the coordinates, or there are no two of them.
  symscan.fieldFigure = function(study, generator, coordinates) {
    const field = coordinates.length > 1 ? flow(study, generator, coordinates) : null;
    if (!field) return null;
    const [i, j] = plane(field.moved, coordinates);
    const called = generator.called || `generator ${generator.index + 1}`;
    const names = coordinates.map((name) => symscan.columnText(name, study));
    const others = field.moved.filter((d) => d !== i && d !== j).map((d) => names[d]);
    return {
      id: `field-${generator.key || generator.index + 1}`,
      title: `How ${called} moves the events`,
      height: () => 420,
      choices: () => [],
      build() {
        const t = symscan.theme();
        const x = field.points.map((p) => p[i]), y = field.points.map((p) => p[j]);
        const extent = (values) => values.reduce((m, v) => Math.max(m, v), -Infinity) -
            values.reduce((m, v) => Math.min(m, v), Infinity);
        const width = extent(x) || 1, height = extent(y) || 1;
        const equal = width / height > 0.5 && width / height < 2;
        const span = equal ? [Math.max(width, height), Math.max(width, height)] : [width, height];
        const shown = apart(field.points, [i, j], span);
        const orbits = generator.orbits ||
            affineOrbits(generator, field.points, coordinates.map((_, d) => extent(field.points.map((p) => p[d]))));
        const path = (d) => orbits.flatMap((orbit) => [...orbit.map((p) => p[d]), null]);
        const lines =
            arrows(shown.map((n) => field.points[n]), shown.map((n) => field.velocity[n]), [i, j], span);
        return {
          traces: [
            {
              type: 'scatter',
              mode: 'markers',
              name: 'events',
              x,
              y,
              marker: {size: 4, color: t.inactive, opacity: 0.7},
              hovertemplate:
                  `${names[i]} %{x:.4g}<br>${names[j]} %{y:.4g}<extra></extra>`
            },
            {
              type: 'scatter',
              mode: 'lines',
              name: 'orbits',
              x: path(i),
              y: path(j),
              line: {color: t.series[1], width: 1.5},
              hoverinfo: 'skip'
            },
            {
              type: 'scatter',
              mode: 'lines',
              name: 'motion',
              x: lines.x,
              y: lines.y,
              line: {color: t.series[0], width: 1.5},
              hoverinfo: 'skip'
            },
          ],
          layout: symscan.layout({
            xaxis: symscan.axis(names[i]),
            yaxis: symscan.axis(
                names[j],
                equal ? {scaleanchor: 'x', scaleratio: 1} : {}),
          }),
          caption:
              `Arrows: direction and relative speed of events under ${generator.name}, in the plane of ${
                  names[i]} and ${names[j]}${
                  others.length ?
                      ` (it also moves ${others.slice(0, 8).join(', ')}${others.length > 8 ? ', …' : ''})` :
                      ''}. ` +
              'Curves: orbits through a few events. ' +
              'A symmetry of the data moves every event along the surface that the events fill.',
          text: `Arrows of the flow of ${called}, ${generator.name}, over ${
              symscan.plural(
                  field.points.length, 'event')} in the plane of ${names[i]} and ${names[j]}.`,
        };
      },
    };
  };
}
