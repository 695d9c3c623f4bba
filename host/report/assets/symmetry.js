// Figures of the symmetry generators that were found: their spectrum, their matrices, how they move the
// events, and how the latents lie to the principal components. The same form as in figures.js.
'use strict';
{
  const EIGENVALUES = 60;
  const ROUNDING = 1e-20;  // of an eigenvalue: the square of a residual at the rounding of numbers
  const LABELLED_CELLS = 144;
  const NEGLIGIBLE = 0.01;  // of the largest entry of a matrix
  const DRAWN_COLUMNS = 10;  // more are written as equations
  const EQUATIONS = 40, LINE = 46;  // lines of a list, characters of a line

  // Every eigenvalue spectrum there is: that of the data first, then those of the models.
  function spectra(analysis) {
    const {symmetry, groups} = analysis;
    const list = [];
    if (symmetry && symmetry.eigenvalues.some((x) => x !== null)) {
      list.push({
        label: `data, ${symmetry.evidence === 'constraints' ? 'exact constraints' : symmetry.evidence}`,
        values: symmetry.eigenvalues,
        spread: symmetry.eigenvalues.map(() => 0),
        accepted: symmetry.accepted,
        gap: null
      });
    }
    for (const group of groups) {
      if (!group.eigenvalues.mean.some((x) => x !== null)) continue;
      list.push({
        label: `model, ${group.label}`,
        values: group.eigenvalues.mean,
        spread: group.eigenvalues.std,
        accepted: group.generators ?? 0,
        gap: group.gap
      });
    }
    return list;
  }

  const spectrum = {
    id: 'spectrum',
    title: 'Spectrum of generators',
    applies: (study) => spectra(study.analysis).length > 0,
    choices: (study) => [{
      key: 'group',
      label: 'Group',
      initial: 0,
      options: spectra(study.analysis).map((s, i) => ({value: i, label: s.label}))
    }],
    build(study, group, choice) {
      const t = symscan.theme();
      const {values: all, spread, accepted, gap, label} = spectra(study.analysis)[choice.group ?? 0];
      const values = all.slice(0, EIGENVALUES);
      const positive = values.filter((x) => x > 0);
      if (!positive.length) return {empty: 'All generator eigenvalues are zero or missing.'};
      // A logarithm has no place for zero, and none for a bar that reaches it.
      const floor = Math.min(...positive) / 10;
      const drawn = values.map((x) => (x === null ? null : Math.max(x, floor)));
      const down = drawn.map((x, i) => Math.min(spread[i] ?? 0, 0.9 * (x ?? 0)));
      const cut = drawn.some((x, i) => x !== null && (spread[i] ?? 0) > 0.9 * x);
      const part = (name, keep, color, symbol) => {
        const at = values.map((_, i) => i).filter(keep);
        return {
          type: 'scatter',
          mode: 'markers',
          name,
          x: at.map((i) => i + 1),
          y: at.map((i) => drawn[i]),
          error_y: {
            type: 'data',
            symmetric: false,
            array: at.map((i) => spread[i] ?? 0),
            arrayminus: at.map((i) => down[i]),
            visible: at.some((i) => spread[i] > 0),
            color,
            thickness: 1.4,
            width: 4
          },
          marker: {color, size: 9, symbol},
          customdata: at.map((i) => symscan.plusMinus(values[i], spread[i])),
          hovertemplate: 'generator %{x}<br>%{customdata}<extra></extra>',
        };
      };
      const traces = [
        part('symmetries', (i) => i < accepted, t.series[0], 'circle'),
        part('no symmetries', (i) => i >= accepted, t.inactive, 'diamond'),
      ].filter((trace) => trace.x.length);
      const annotations = [];
      const decades = Math.log10(Math.max(...positive) / Math.min(...positive));
      const wide = decades > 1.5 && decades < 10;
      const ratio =
          gap ?? (accepted > 0 && accepted < values.length ? drawn[accepted] / drawn[accepted - 1] : null);
      if (accepted > 0 && accepted < values.length) {
        const top = Math.max(...drawn, 1);
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: 'gap',
          x: [accepted + 0.5, accepted + 0.5],
          y: [floor, top],
          line: {color: t.series[1], width: 1.6, dash: 'dash'},
          hoverinfo: 'skip',
          showlegend: false
        });
        annotations.push({
          x: accepted + 0.5,
          y: 0.02,
          yref: 'paper',
          yanchor: 'bottom',
          xanchor: accepted > values.length / 2 ? 'right' : 'left',
          showarrow: false,
          text: accepted > 0 && values[accepted - 1] < ROUNDING ? ' gap: zero before it ' :
              Number.isFinite(ratio)                          ? ` gap: factor ${symscan.format(ratio)} ` :
                                                                ' gap ',
          font: {size: 12.5, color: t.text}
        });
      }
      const list = values.slice(0, 12).map((x, i) => symscan.plusMinus(x, spread[i])).join(', ');
      return {
        traces,
        layout: symscan.layout({
          annotations,
          xaxis: symscan.axis('generator, by increasing eigenvalue', {
            range: [0.4, values.length + 0.6],
            dtick: Math.max(1, Math.ceil(values.length / 16)),
            showgrid: false
          }),
          yaxis:
              symscan.axis('eigenvalue', {type: 'log', exponentformat: 'power', dtick: wide ? 1 : undefined}),
        }),
        caption:
            `Each eigenvalue is the part, between 0 and 1, of a transformation’s motion that would take events ` +
            `off the surface that the data fill (${
                label}). Blue: transformations that keep the events on it, accepted as symmetries (${
                accepted}); grey: the others. A symmetry is credible where a wide gap follows it.` +
            `${all.length > EIGENVALUES ? ` The first ${EIGENVALUES} of ${all.length} are shown.` : ''}` +
            `${cut ? ' Error bars that would reach zero end a factor 10 below their point.' : ''}`,
        text: `Eigenvalues of the generators of ${label}: ${list}. ${accepted} accepted${
            accepted > 0 && Number.isFinite(ratio) ? `, then a gap of factor ${symscan.format(ratio)}` :
                                                     ''}.`,
      };
    },
  };

  // Two digits, as short as they can be: 1, −0.87, 3.5e-5, which is typeset.
  function shortNumber(value) {
    const size = Math.abs(value);
    if (size > 0 && (size < 0.01 || size >= 1e4)) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
    return String(Number(value.toPrecision(2)));
  }

  // Values written into the cells of a heat map where they fit; `colourOf` a value is that of its cell. What is far
  // below the largest is rounding, and not written.
  function cellTexts(z, colourOf) {
    if (z.length * z[0].length > LABELLED_CELLS) return [];
    const largest = Math.max(...z.flat().map((x) => Math.abs(x ?? 0)));
    const texts = [];
    z.forEach((row, i) => row.forEach((value, j) => {
      if (value === null || Math.abs(value) < NEGLIGIBLE * largest) return;
      const color = symscan.textOn(colourOf(value));
      texts.push({x: j, y: i, text: shortNumber(value), showarrow: false, within: 1, font: {size: 12, color}});
    }));
    return texts;
  }

  const names = (list, title, extra) => symscan.axis(
      title, {tickvals: list.map((_, i) => i), ticktext: symscan.shortLabels(list, 24), showgrid: false, ...extra});

  function densityText(generator) {
    const d = generator.density;
    if (!d) return '';
    const detail = [
      d.p !== null ? `p = ${symscan.format(d.p)}` : '',
      d.limit === null ? '' :
          d.verdict === 'broken' ? `change ${symscan.format(d.effect)}` : `change below ${symscan.format(d.limit)}`
    ].filter(Boolean);
    return ` The density of events under it: ${d.verdict}${detail.length ? ` (${detail.join(', ')})` : ''}.`;
  }

  // Entries that are more than rounding: [row, column, value].
  function entriesOf(z) {
    const largest = Math.max(...z.flat().map((x) => Math.abs(x ?? 0)));
    const entries = [];
    z.forEach((row, i) => row.forEach((x, j) => {
      if (x !== null && x !== 0 && Math.abs(x) >= NEGLIGIBLE * largest) entries.push([i, j, x]);
    }));
    return entries;
  }

  // dx = -y for every coordinate that moves, from the matrix; behind the coordinates a column of constants may follow.
  function equationsOf(entries, coordinates, columns) {
    return coordinates.map((name, i) => {
      const own = entries.filter(([row]) => row === i);
      if (!own.length) return null;
      const sum = own.map(([, j, x], k) => {
        const size = shortNumber(Math.abs(x)), of = j < coordinates.length ? columns[j] : '';
        const term = size === '1' && of ? of : of ? `${size} ${of}` : size;
        return (k ? x < 0 ? ' - ' : ' + ' : x < 0 ? '-' : '') + term;
      });
      return `d${name} = ${sum.join('')}`;
    }).filter(Boolean);
  }

  // Lines of a figure: long equations go on in the next one, indented.
  function wrapped(equations) {
    const lines = [];
    for (const equation of equations) {
      let text = '', x = 0;
      for (const part of equation.split(/ (?=[+-] )/)) {
        if (text && symscan.math.source(text + part).length > LINE) {
          lines.push({text, x});
          [text, x] = [part.replace(/^- /, '− '), 0.06];
        } else {
          text += text ? ` ${part}` : part;
        }
      }
      lines.push({text, x});
    }
    const more = lines.length - EQUATIONS;
    return more > 0 ? [...lines.slice(0, EQUATIONS - 1), {text: `… and ${more + 1} more lines`, x: 0}] : lines;
  }

  // The equations of a generator of many columns, below each other.
  function equationList(shown) {
    const t = symscan.theme();
    const annotations = shown.map(
        ({text, x}, i) => ({x, y: i, xanchor: 'left', showarrow: false, text, font: {size: 13, color: t.text}}));
    const layout = symscan.layout({
      xaxis: symscan.axis('', {visible: false, showgrid: false, range: [0, 1]}),
      yaxis: symscan.axis('', {visible: false, showgrid: false, range: [shown.length - 0.5, -0.5]}),
      showlegend: false,
      annotations,
    });
    const traces = [{type: 'scatter', mode: 'markers', x: [], y: [], hoverinfo: 'skip'}];
    return {traces, layout};
  }

  function heatMap(z, coordinates, columns) {
    const t = symscan.theme();
    const limit = Math.max(...z.flat().map((x) => Math.abs(x ?? 0))) || 1;
    const colorscale = [[0, t.series[1]], [0.5, t.surface], [1, t.series[0]]];
    return {
      traces: [{
        type: 'heatmap',
        // What is rounding is not shown.
        z: z.map((row) => row.map((x) => (Math.abs(x ?? 0) < NEGLIGIBLE * limit ? null : x))),
        zmin: -limit,
        zmax: limit,
        xgap: 1,
        ygap: 1,
        colorscale,
        colorbar: symscan.colorbar('matrix element'),
        customdata: z.map((_, i) => columns.map((c) => `${coordinates[i]} from ${c}`)),
        hovertemplate: 'change of %{customdata}: %{z:.4g}<extra></extra>',
      }],
      layout: symscan.layout({
        xaxis: names(columns, 'value of'),
        yaxis: names(coordinates, 'change of', {autorange: 'reversed'}),
        annotations: cellTexts(z, (x) => symscan.scaleColour(colorscale, (x / limit + 1) / 2)),
      }),
    };
  }

  symscan.generatorFigure = function(generator, given, study) {
    const coordinates = given.map((name) => symscan.columnText(name, study));
    const largest = Math.max(...[...generator.matrix.flat(), ...generator.shift].map((x) => Math.abs(x ?? 0)));
    const shifted = generator.shift.some((x) => Math.abs(x ?? 0) > NEGLIGIBLE * largest);
    const columns = shifted ? [...coordinates, '1'] : coordinates;
    const z = generator.matrix.map((row, i) => (shifted ? [...row, generator.shift[i]] : row));
    const entries = entriesOf(z);
    const listed = columns.length > DRAWN_COLUMNS;
    const lines = listed ? wrapped(equationsOf(entries, coordinates, columns)) : [];
    return {
      id: `generator-${generator.index + 1}`,
      title: `Generator ${generator.index + 1}: ${generator.name}`,
      wide: listed ? lines.length > 18 : columns.length > 8,
      height: () => listed ? 40 + 24 * Math.max(1, lines.length) : 190 + 30 * coordinates.length,
      choices: () => [],
      build() {
        const drawn = listed ? equationList(lines) : heatMap(z, coordinates, columns);
        const small = entries.length < z.flat().filter((x) => x).length;
        return {
          ...drawn,
          caption: `${generator.equation && !listed ? `${generator.equation}. ` : ''}` +
              (listed ? 'A small step of the transformation changes each of these features by its right side' :
                        'A small step of the transformation changes the feature of each row by the row’s entries ' +
                       `times the features of the columns${shifted ? ' (column 1: a constant shift)' : ''}`) +
              `, in the units of the data.${small ? ` Entries below 1 % of the largest are left out.` : ''}` +
              `${generator.eigenvalue !== null ? ` Eigenvalue ${symscan.format(generator.eigenvalue)}.` : ''}` +
              densityText(generator),
          text: `Matrix of generator ${generator.index + 1}, ${generator.name}${
              generator.equation ? `: ${generator.equation}` : ''}. ${
              entries.slice(0, 24)
                  .map(([i, j, x]) => `${symscan.format(x)} at row ${coordinates[i]}, column ${columns[j]}`)
                  .join('; ')}.`,
        };
      },
    };
  };

  const angleTexts = (angles) => angles.length * angles[0].length > LABELLED_CELLS ? [] : angles.flatMap((row, i) => row.map((x, j) => ({
      x: j,
      y: i,
      text: x === null ? '' : String(Math.round(x)),
      showarrow: false,
      within: 1,
      font: {size: 12, color: symscan.textOn(symscan.scaleColour(symscan.SCALE, x / 90, true))}
    })));

  const alignment = {
    id: 'alignment',
    title: 'Latents against principal components',
    applies: (study) => study.analysis.alignment !== null,
    height: (study) => 180 + 38 * study.analysis.alignment.latents.length,
    choices: () => [],
    build(study) {
      const {latents, directions, angles, label} = study.analysis.alignment;
      const closest = latents.map((name, i) => {
        const known = angles[i].filter((x) => x !== null);
        const best = angles[i].indexOf(Math.min(...known));
        return known.length ? `latent ${name}: ${symscan.format(angles[i][best])}° to ${directions[best]}` :
                              `latent ${name}: unknown`;
      });
      return {
        traces: [{
          type: 'heatmap',
          z: angles,
          zmin: 0,
          zmax: 90,
          xgap: 1,
          ygap: 1,
          colorscale: symscan.SCALE,
          reversescale: true,
          colorbar: {...symscan.colorbar('angle (degrees)'), tickvals: [0, 30, 60, 90]},
          customdata: angles.map((_, i) => directions.map((d) => `latent ${latents[i]}, ${d}`)),
          hovertemplate: '%{customdata}: %{z:.1f}°<extra></extra>',
        }],
        layout: symscan.layout({
          xaxis: names(directions, 'principal component of the data (its variance)'),
          yaxis: names(latents, 'latent', {autorange: 'reversed'}),
          annotations: angleTexts(angles),
        }),
        caption:
            `Angle between the direction in which the decoder moves the data when one latent varies and ` +
            `each principal component of the data${
                label ? ` (${label})` : ''}: 0° means that the latent is ` +
            'that component, 90° that they have nothing in common. Where components have equal variance, any ' +
            'angle within their plane is as good.',
        text: `Angles between latents and principal components. Closest: ${closest.join('; ')}.`,
      };
    },
  };

  symscan.SYMMETRY = {spectrum, alignment};
}
