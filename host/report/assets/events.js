// The figures of one group that show events: the sample and what the encoder of one replica makes of it.
// The same form as in figures.js.
'use strict';
{
  const EQUAL = {scaleanchor: 'x', scaleratio: 1};

  const column = (rows, index) => rows.map((row) => row[index]);
  const latentName = (group, rank) => `latent ${rank + 1}`;
  const featureOptions = (study) =>
      study.columns.map((name, i) => ({
                          value: i,
                          label: symscan.columnText(name, study) + (study.constant.includes(name) ? ' (constant)' : ''),
                        }));
  const latentOptions = (study, group) => Array.from(
      {length: group.representative ? group.representative.latents : 0},
      (_, i) => ({value: i, label: latentName(group, i)}));

  const pad = ([low, high]) => [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];

  function source(study, group) {
    const r = group.representative;
    const parts = [symscan.plural(study.sample.length, 'event')];
    if (r && r.replica !== undefined)
      parts.push(`replica ${r.replica}${r.seed !== undefined ? `, seed ${r.seed}` : ''}`);
    return parts.join('; ');
  }

  function noActivations(study, group) {
    if (!study.sample.length)
      return {empty: 'This study stores no sample of events, so there is nothing to plot here.'};
    if (!symscan.trained(group)) return {empty: 'No replica of this group finished training.'};
    return {empty: 'The activations of this group were not stored.', needs: 'representative'};
  }

  // What the encoder makes of the plane around the data, faint: a trace, or none where it is not known.
  function continuation(plane, columns, latent, [zmin, zmax]) {
    if (!plane || plane.columns[0] !== columns[0] || plane.columns[1] !== columns[1] || !plane.mean[latent]) return [];
    return [{
      type: 'heatmap',
      z: plane.mean[latent],
      x: plane.x,
      y: plane.y,
      colorscale: symscan.SCALE,
      zmin,
      zmax,
      opacity: 0.35,
      showscale: false,
      hovertemplate: 'encoder off the data: μ = %{z:.3f}<extra></extra>'
    }];
  }
  symscan.continuation = continuation;

  // The data, coloured by what one latent says about each event.
  const events = {
    id: 'events',
    title: 'Data coloured by mean activation',
    choices(study, group) {
      const features = featureOptions(study);
      const varying = study.varying;
      const list = [{key: 'latent', label: 'Latent', initial: 0, options: latentOptions(study, group)}];
      if (study.columns.length > 2) {
        list.push({key: 'x', label: 'x', initial: varying[0], options: features});
        list.push(
            {key: 'y', label: 'y', initial: varying[Math.min(1, varying.length - 1)], options: features});
      }
      return list;
    },
    build(study, group, choice) {
      if (!study.sample.length || !group.representative) return noActivations(study, group);
      const activations = column(group.representative.activations, choice.latent);
      const flat = study.columns.length < 2;
      const xi = flat ? 0 : choice.x ?? 0, yi = choice.y ?? 1;
      const x = column(study.sample, xi), y = flat ? activations : column(study.sample, yi);
      const [low, high] = symscan.extent(activations);
      const [x0, x1] = symscan.extent(x), [y0, y1] = symscan.extent(y);
      const ratio = (x1 - x0) / (y1 - y0);
      const yName =
          flat ? `mean activation of ${latentName(group, choice.latent)}` : symscan.columnName(study, yi);
      // A collapsed latent only shows noise: all colours span at least one prior width.
      const cmin = Math.min(low, -0.5), cmax = Math.max(high, 0.5);
      const plane = flat ? [] : continuation(group.representative.plane, [xi, yi], choice.latent, [cmin, cmax]);
      return {
        traces: [...plane, {
          type: 'scatter',
          mode: 'markers',
          x,
          y,
          marker: {
            size: x.length > 800 ? 5 : 6,
            opacity: 0.9,
            color: activations,
            colorscale: symscan.SCALE,
            cmin,
            cmax,
            colorbar: symscan.colorbar('mean activation μ(x)')
          },
          hovertemplate: `${symscan.columnName(study, xi)} %{x:.4g}<br>${
              yName} %{y:.4g}<br>μ = %{marker.color:.3f}<extra></extra>`,
        }],
        layout: symscan.layout({
          xaxis: symscan.axis(symscan.columnName(study, xi)),
          yaxis: symscan.axis(yName, !flat && ratio > 0.5 && ratio < 2 ? EQUAL : {}),
        }),
        caption: `Each point is an event, coloured by μ(x) of ${latentName(group, choice.latent)} (${
            source(study, group)}).${plane.length ? ' Faint: what the encoder says where there are no data.' : ''}`,
        text: `Scatter plot of ${symscan.columnName(study, xi)} and ${yName}, coloured by the mean activation of ` +
            `${latentName(group, choice.latent)}, which runs from ${symscan.format(low)} to ${
                  symscan.format(high)}.`,
      };
    },
  };

  // Where the events lie in the space of the three most relevant latents, seen along each of them.
  const latentSpace = {
    id: 'latent-space',
    title: 'Events in latent space',
    wide: true,
    applies: (study, group, data) => study.sample.length > 0 && group.representative !== null &&
        Math.min(group.representative.latents, symscan.activeLatents(group, data.threshold)) >= 2,
    height: () => (symscan.narrow() ? 840 : 340),
    choices: (study) =>
        [{key: 'feature', label: 'Colour', initial: study.varying[0], options: featureOptions(study)}],
    build(study, group, choice, data) {
      const {activations: rows, latents} = group.representative;
      const three = Math.min(latents, symscan.activeLatents(group, data.threshold)) >= 3;
      const pairs = three ? [[0, 1], [0, 2], [1, 2]] : [[0, 1]];
      const name = symscan.columnName(study, choice.feature);
      const ends = pad(symscan.extent(rows.flatMap((row) => row.slice(0, three ? 3 : 2))));
      const color = column(study.sample, choice.feature);
      const [cmin, cmax] = symscan.extent(color);
      const layout = symscan.layout({showlegend: false, grid: symscan.panelGrid(pairs.length)});
      const traces = pairs.map(([i, j], k) => {
        const suffix = k ? String(k + 1) : '';
        const axis = (latent, extra) => symscan.axis(
            `μ of ${latentName(group, latent)}`, {range: ends, nticks: 5, ...extra});
        layout[`xaxis${suffix}`] = axis(i);
        layout[`yaxis${suffix}`] =
            axis(j, {scaleanchor: `x${suffix}`, scaleratio: 1});
        const bar = k === pairs.length - 1 ? {colorbar: symscan.colorbar(name)} : {};
        return {
          type: 'scatter',
          mode: 'markers',
          x: column(rows, i),
          y: column(rows, j),
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          marker: {size: 4, opacity: 0.85, color, cmin, cmax, colorscale: symscan.SCALE, ...bar},
          hovertemplate: `μ of latent ${i + 1} %{x:.3f}<br>μ of latent ${j + 1} %{y:.3f}<br>${
              name} %{marker.color:.4g}<extra></extra>`
        };
      });
      return {
        traces,
        layout,
        caption: `Mean activations of the ${three ? 'three' : 'two'} most relevant latents${
            three ? ', two at a time, with one scale for all' : ', with equal scales'}; coloured by ${
            name} (${source(study, group)}).`,
        text: `${three ? 'Scatter plots' : 'Scatter plot'} of the events in the space of the ${
            three ? 'three' : 'two'} most relevant latents, coloured by ${name}.`,
      };
    },
  };

  symscan.FIGURES.splice(1, 0, events);
  symscan.FIGURES.push(latentSpace);
}
