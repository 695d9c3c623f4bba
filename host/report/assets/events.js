// The figures of one group that show events: the sample and what the encoder of one replica makes of it.
// The same form as in figures.js.
'use strict';
{
  const LATENT_ROWS = 10;
  const PANEL_POINTS = 12000;
  // With equal scales, margins that follow the labels and scales that follow the margins never settle.
  const EQUAL = {scaleanchor: 'x', scaleratio: 1, automargin: false};

  const plain = symscan.plain;
  const column = (rows, index) => rows.map((row) => row[index]);
  const latentName = (group, rank) => `latent ${rank + 1}`;
  const featureOptions = (study) =>
      study.columns.map((name, i) => ({
                          value: i,
                          label: study.constant.includes(name) ? `${name} (constant)` : name,
                        }));
  const latentOptions = (study, group) => Array.from(
      {length: group.representative ? group.representative.latents : 0},
      (_, i) => ({value: i, label: latentName(group, i)}));

  // Every active latent, and one more to show what an unused one looks like.
  function latentRows(group, data) {
    const latents = group.representative ? group.representative.latents : 1;
    return Math.min(LATENT_ROWS, latents, Math.max(2, symscan.activeLatents(group, data.threshold) + 1));
  }

  function range(values) {
    let low = Infinity, high = -Infinity;
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    return [low, high];
  }

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
      const [low, high] = range(activations);
      const [x0, x1] = range(x), [y0, y1] = range(y);
      const ratio = (x1 - x0) / (y1 - y0);
      const yName =
          flat ? `mean activation of ${latentName(group, choice.latent)}` : plain(study.columns[yi]);
      return {
        traces: [{
          type: 'scatter',
          mode: 'markers',
          x,
          y,
          marker: {
            size: x.length > 800 ? 5 : 6,
            opacity: 0.9,
            color: activations,
            colorscale: symscan.SCALE,
            // A collapsed latent only shows noise: all colours span at least one prior width.
            cmin: Math.min(low, -0.5),
            cmax: Math.max(high, 0.5),
            colorbar: symscan.colorbar('mean activation μ(x)')
          },
          hovertemplate: `${plain(study.columns[xi])} %{x:.4g}<br>${
              yName} %{y:.4g}<br>μ = %{marker.color:.3f}<extra></extra>`,
        }],
        layout: symscan.layout({
          xaxis: symscan.axis(plain(study.columns[xi]), {automargin: false}),
          yaxis: symscan.axis(yName, !flat && ratio > 0.5 && ratio < 2 ? EQUAL : {}),
          margin: {l: 70, r: 8, t: 16, b: 52},
        }),
        caption: `Each point is an event, coloured by μ(x) of ${latentName(group, choice.latent)} (${
            source(study, group)}).`,
        text: `Scatter plot of ${study.columns[xi]} and ${yName}, coloured by the mean activation of ` +
            `${latentName(group, choice.latent)}, which runs from ${symscan.format(low)} to ${
                  symscan.format(high)}.`,
      };
    },
  };

  // Mean activation of every latent against every feature, on one scale, so that unused latents look flat.
  const activations = {
    id: 'activations',
    title: 'Mean activation against each feature',
    wide: true,
    perPage: () => (window.innerWidth < 700 ? 2 : 6),
    choices(study) {
      const size = this.perPage(), pages = Math.ceil(study.varying.length / size);
      if (pages < 2) return [];
      const options = Array.from({length: pages}, (_, p) => {
        const names = study.varying.slice(p * size, (p + 1) * size).map((i) => study.columns[i]);
        return {value: p, label: names.length > 1 ? `${names[0]} … ${names[names.length - 1]}` : names[0]};
      });
      return [{key: 'page', label: 'Features', initial: 0, options}];
    },
    height: (study, group, data) => 90 + 118 * latentRows(group, data),
    build(study, group, choice, data) {
      if (!study.sample.length || !group.representative) return noActivations(study, group);
      const t = symscan.theme();
      const size = symscan.printing() ? 8 : this.perPage(), page = symscan.printing() ? 0 : choice.page ?? 0;
      const features = study.varying.slice(page * size, (page + 1) * size);
      const latents = latentRows(group, data);
      const step = Math.max(1, Math.ceil((study.sample.length * features.length * latents) / PANEL_POINTS));
      const keep = study.sample.map((_, i) => i).filter((i) => i % step === 0);
      const active = (rank) => symscan.isActive(group, rank, data.threshold);
      const layout = symscan.layout({
        grid: {rows: latents, columns: features.length, pattern: 'coupled', xgap: 0.06, ygap: 0.12},
        showlegend: false,
        margin: {l: 64, r: 16, t: 8, b: 48},
      });
      const traces = [];
      const pad = (low, high) => [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];
      const all = range(group.representative.activations.flat());
      for (let j = 0; j < latents; ++j) {
        const y = keep.map((i) => group.representative.activations[i][j]);
        layout[`yaxis${j ? j + 1 : ''}`] =
            symscan.axis(latentName(group, j), {range: pad(...all), nticks: 4, automargin: false});
        features.forEach((feature, k) => {
          traces.push({
            type: 'scatter',
            mode: 'markers',
            x: keep.map((i) => study.sample[i][feature]),
            y,
            xaxis: `x${k ? k + 1 : ''}`,
            yaxis: `y${j ? j + 1 : ''}`,
            marker: {size: 3, opacity: 0.55, color: active(j) ? t.series[j % t.series.length] : t.inactive},
            hovertemplate: `${plain(study.columns[feature])} %{x:.4g}<br>μ %{y:.3f}<extra>${
                latentName(group, j)}</extra>`,
          });
        });
      }
      features.forEach((feature, k) => {
        layout[`xaxis${k ? k + 1 : ''}`] = symscan.axis(
            plain(study.columns[feature]),
            {nticks: features.length > 3 ? 3 : 6, tickangle: 0, automargin: false});
      });
      const hidden = (group.latent_dim ?? group.representative.latents) - latents;
      return {
        traces,
        layout,
        caption:
            `Rows: latents by decreasing relevance${
                hidden ?
                    ` (the ${symscan.plural(hidden, 'least relevant one', 'least relevant ones')} left out)` :
                    ''}; ` +
            `grey: not active. All rows share one scale${
                step > 1 ? `; every ${
                               step === 2     ? 'second' :
                                   step === 3 ? 'third' :
                                                step + 'th'} event is shown` :
                           ''} (${source(study, group)}).`,
        text: `Grid of scatter plots: mean activation of ${symscan.plural(latents, 'latent')} against ` +
            `${features.map((i) => study.columns[i]).join(', ')}.`,
      };
    },
  };

  // Where the events lie in the space of the active latents.
  const latentSpace = {
    id: 'latent-space',
    title: 'Events in latent space',
    applies: (study, group, data) => study.sample.length > 0 && group.representative !== null &&
        Math.min(group.representative.latents, symscan.activeLatents(group, data.threshold)) >= 2,
    choices: (study) =>
        [{key: 'feature', label: 'Colour', initial: study.varying[0], options: featureOptions(study)}],
    build(study, group, choice, data) {
      const {activations: rows, latents} = group.representative;
      const wanted = Math.min(latents, symscan.activeLatents(group, data.threshold)) >= 3;
      const three = wanted && symscan.webglFree();
      const name = plain(study.columns[choice.feature]);
      const marker = {
        color: column(study.sample, choice.feature),
        colorscale: symscan.SCALE,
        colorbar: symscan.colorbar(name)
      };
      const axis = (j, extra) => symscan.axis(`μ of ${latentName(group, j)}`, extra);
      const caption =
          `Mean activations of the ${three ? 'three' : 'two'} most relevant latents, coloured by ${
              study.columns[choice.feature]} (${source(study, group)}).` +
          (wanted && !three ? ' Shown in two dimensions, because this browser offers no 3-D drawing here.' :
                              '');
      const text = `Scatter plot of the events in the space of the ${
          three ? 'three' : 'two'} most relevant latents, coloured by ${study.columns[choice.feature]}.`;
      if (!three) {
        return {
          caption,
          text,
          traces: [{
            type: 'scatter',
            mode: 'markers',
            x: column(rows, 0),
            y: column(rows, 1),
            marker: {...marker, size: 5, opacity: 0.9},
            hovertemplate: `μ₁ %{x:.3f}<br>μ₂ %{y:.3f}<br>${name} %{marker.color:.4g}<extra></extra>`
          }],
          layout: symscan.layout({
            xaxis: axis(0, {automargin: false}),
            yaxis: axis(1, EQUAL),
            margin: {l: 70, r: 8, t: 16, b: 52}
          })
        };
      }
      const scene = (j) => ({
        ...axis(j, {showbackground: false, showspikes: false}),
        title: {text: `latent ${j + 1}`, font: {size: 12}},
        nticks: 5
      });
      return {
        webgl: true,
        caption: caption + ' Drag to turn.',
        text,
        traces: [{
          type: 'scatter3d',
          mode: 'markers',
          x: column(rows, 0),
          y: column(rows, 1),
          z: column(rows, 2),
          marker: {...marker, size: 2.6, opacity: 0.9},
          hovertemplate: `μ %{x:.3f}, %{y:.3f}, %{z:.3f}<br>${name} %{marker.color:.4g}<extra></extra>`
        }],
        layout: symscan.layout({
          margin: {l: 0, r: 8, t: 0, b: 0},
          scene: {
            xaxis: scene(0),
            yaxis: scene(1),
            zaxis: scene(2),
            aspectmode: 'data',
            camera: {eye: {x: 1.45, y: 1.45, z: 0.9}}
          }
        })
      };
    },
  };

  symscan.FIGURES.splice(1, 0, events);
  symscan.FIGURES.push(latentSpace, activations);
}
