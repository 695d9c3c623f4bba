// Figures across the groups of a study: what changes when latent_dim or beta is scanned.
'use strict';
{
  const SETTINGS = ['latent_dim', 'beta', 'hidden', 'activation'];
  const text = (value) =>
      (Array.isArray(value)          ? (value.length ? value.join('-') : 'none') :
           typeof value === 'number' ? symscan.short(value) :
                                       String(value));
  const trained = (study) => study.groups.filter(symscan.trained);

  const setting = (group, key) => (SETTINGS.includes(key) ? group[key] : group.extra[key]);

  // Which settings vary in this study, other than `except`.
  function varying(study, except) {
    const keys = [...SETTINGS, ...Object.keys(study.groups[0].extra)];
    return keys.filter(
        (key) => key !== except && new Set(study.groups.map((g) => text(setting(g, key)))).size > 1);
  }

  function describe(group, keys) {
    const name = {latent_dim: 'latent_dim', beta: 'β', hidden: 'hidden', activation: 'activation'};
    return keys.map((key) => `${name[key] || key} ${text(setting(group, key))}`).join(', ');
  }

  function seriesBy(groups, keys) {
    const series = new Map();
    for (const group of groups) {
      const name = describe(group, keys);
      if (!series.has(name)) series.set(name, []);
      series.get(name).push(group);
    }
    return series;
  }

  // Groups that share everything with `chosen` but the scanned setting.
  function alike(study, chosen, scanned) {
    const keys = varying(study, scanned);
    const name = describe(chosen, keys);
    return {groups: trained(study).filter((g) => describe(g, keys) === name && g[scanned] !== null), name};
  }

  const errors = (values, color) => {
    const visible = values.some((x) => x > 0);
    return {type: 'data', array: values.map((x) => x ?? 0), visible, color, thickness: 1.2, width: 3};
  };

  const latentScan = {
    id: 'latent-dim-scan',
    title: 'Active latents against latent_dim',
    height: () => 430,
    applies: (study) => symscan.distinct(trained(study).map((g) => g.latent_dim)).length > 1,
    choices: () => [],
    build(study) {
      const t = symscan.theme();
      const keys = varying(study, 'latent_dim');
      const series = [...seriesBy(trained(study), keys)];
      const dims = symscan.distinct(trained(study).map((g) => g.latent_dim));
      const limit = dims[dims.length - 1];
      const traces = [{
        type: 'scatter',
        mode: 'lines',
        x: [0, limit],
        y: [0, limit],
        name: 'all latents active',
        hoverinfo: 'skip',
        line: {color: t.muted, width: 1, dash: 'dot'}
      }];
      const shown = symscan.shortLabels(series.map(([name]) => name), 48);
      series.forEach(([name, groups], i) => {
        // Wide lines first, thin ones on top: series that coincide all stay visible.
        const rest = Math.min(5, series.length - 1 - i);
        const sorted = [...groups].sort((a, b) => a.latent_dim - b.latent_dim);
        const color = t.series[i % t.series.length];
        traces.push({
          type: 'scatter',
          mode: 'lines+markers',
          name: shown[i] || 'active latents',
          x: sorted.map((g) => g.latent_dim),
          y: sorted.map((g) => g.active.mean),
          error_y: errors(sorted.map((g) => g.active.std), color),
          line: {color, width: 2 + 1.5 * rest, dash: i < t.series.length ? 'solid' : 'dash'},
          marker: {color, size: 7 + 2 * rest, symbol: symscan.SYMBOLS[i % symscan.SYMBOLS.length]},
          hovertemplate: `latent_dim %{x}<br>%{y:.3g} active<extra>${shown[i]}</extra>`
        });
      });
      const top = Math.max(1, ...trained(study).map((g) => (g.active.mean ?? 0) + (g.active.std ?? 0)));
      const end = series.map(([name, groups]) => {
        const last = groups.reduce((a, b) => (b.latent_dim > a.latent_dim ? b : a));
        return `${name ? name + ': ' : ''}${symscan.format(last.active.mean)} of ${last.latent_dim}`;
      });
      return {
        traces,
        layout: symscan.layout({
          xaxis: symscan.axis('latent_dim', {tickvals: dims, range: [0, limit * 1.04 + 0.3]}),
          legend: {...symscan.layout().legend, itemsizing: 'constant', itemwidth: 30},
          yaxis:
              symscan.axis('active latents', {range: [0, top * 1.12 + 0.3], dtick: top > 12 ? undefined : 1}),
        }),
        caption: 'Where the curve levels off, more latents are offered than the data need. ' +
            'Dotted: every latent active.',
        text: `Active latents against latent_dim. At the largest latent_dim: ${end.join('; ')}.`,
      };
    },
  };

  const betaScan = {
    id: 'beta-scan',
    title: 'Relevance against beta',
    height: () => 430,
    applies: (study) => symscan.distinct(trained(study).map((g) => g.beta)).filter((b) => b > 0).length > 1,
    choices: () => [],
    build(study, chosen, choice, data) {
      const t = symscan.theme();
      const {groups, name} = alike(study, chosen, 'beta');
      const sorted = groups.filter((g) => g.beta > 0 && g.measures.kl).sort((a, b) => a.beta - b.beta);
      if (sorted.length < 2)
        return {
          empty: 'Fewer than two values of beta have trained replicas with this group’s other settings.'
        };
      const beta = sorted.map((g) => g.beta);
      const total = sorted.map(symscan.totalKl);
      const latents = Math.max(...sorted.map((g) => g.measures.kl.mean.length));
      const used = Math.min(8, Math.max(1, ...sorted.map((g) => symscan.activeLatents(g, data.threshold))));
      const prediction = linear(study, sorted, latents);
      const traces = [];
      if (prediction) {
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: 'linear prediction (total)',
          x: prediction.beta,
          y: prediction.total,
          line: {color: t.mark, width: 1.5, dash: 'dot'},
          hovertemplate: 'β %{x:.3g}<br>%{y:.3f} nats<extra>linear prediction</extra>'
        });
      }
      traces.push({
        type: 'scatter',
        mode: 'lines+markers',
        name: 'total KL',
        x: beta,
        y: total.map((s) => s.mean),
        error_y: errors(total.map((s) => s.std), t.mark),
        line: {color: t.mark, width: 2.5},
        marker: {size: 8, color: t.mark},
        hovertemplate: 'β %{x:.3g}<br>%{y:.3f} nats<extra>total KL</extra>'
      });
      for (let j = 0; j < used; ++j) {
        const color = t.series[j % t.series.length];
        traces.push({
          type: 'scatter',
          mode: 'lines+markers',
          name: `latent ${j + 1}`,
          x: beta,
          y: sorted.map((g) => g.measures.kl.mean[j] ?? null),
          error_y: errors(sorted.map((g) => g.measures.kl.std[j]), color),
          line: {color, width: 1.6},
          marker: {size: 6, color, symbol: symscan.SYMBOLS[(j + 1) % symscan.SYMBOLS.length]},
          hovertemplate: `β %{x:.3g}<br>%{y:.3f} nats<extra>latent ${j + 1}</extra>`
        });
      }
      return {
        traces,
        layout: symscan.layout({
          xaxis: symscan.axis('β', {
            type: 'log',
            exponentformat: 'power',
            dtick: beta[beta.length - 1] / beta[0] > 9 ? 1 : undefined
          }),
          yaxis: symscan.axis('KL (nats)', {rangemode: 'tozero'}),
        }),
        caption: `${name ? `At ${name}. ` : ''}Large beta prunes latents one after the other; ` +
            'on this axis the total falls by ½ nat per e-fold of beta for every direction in use' +
            `${prediction ? '; dotted: the total for a linear VAE' : ''}.`,
        text: `Total KL against beta: ${
            sorted
                .map((g, i) => `beta ${text(g.beta)}: ${symscan.plusMinus(total[i].mean, total[i].std)} nats`)
                .join(', ')}.`,
      };
    },
  };

  // Total rate of the linear VAE over the scanned range; tau is proportional to beta.
  function linear(study, sorted, latents) {
    const reference = sorted.find((g) => g.tau > 0);
    if (!reference || !study.eigenvalues.length) return null;
    const steps = 80, low = Math.log(sorted[0].beta), high = Math.log(sorted[sorted.length - 1].beta);
    const beta = Array.from({length: steps + 1}, (_, i) => Math.exp(low + ((high - low) * i) / steps));
    const kept = study.eigenvalues.slice(0, latents);
    const total = beta.map((b) => {
      const tau = (reference.tau * b) / reference.beta;
      return kept.reduce((sum, lambda) => sum + (lambda > tau ? 0.5 * Math.log(lambda / tau) : 0), 0);
    });
    return {beta, total};
  }

  symscan.SCANS = [latentScan, betaScan];
}
