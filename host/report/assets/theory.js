// Figures of dimensions, of the rate against theory, and of a symmetry that is broken step by step. The same
// form as in figures.js.
'use strict';
{
  const LATENT_LINES = 8;
  const known = (values) => values.some((x) => x !== null);

  function line(name, x, y, std, color, symbol, extra = {}) {
    const error = x.map((_, i) => std[i] ?? 0);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x,
      y,
      error_y:
          {type: 'data', array: error, visible: error.some((e) => e > 0), color, thickness: 1.2, width: 3},
      line: {color, width: 2},
      marker: {color, size: 7, symbol},
      customdata: x.map((_, i) => symscan.plusMinus(y[i] ?? null, error[i])),
      hovertemplate: `%{x:.3g}: %{customdata}<extra>${name}</extra>`,
      ...extra,
    };
  }

  const betaAxis = (beta) => symscan.axis(
      'β',
      {type: 'log', exponentformat: 'power', dtick: beta[beta.length - 1] / beta[0] > 9 ? 1 : undefined});

  // "from beta 0.03 to 0.3", "at beta 0.1"
  symscan.betas = (from, to) => from < to ? `from beta ${symscan.short(from)} to ${symscan.short(to)}` : `at beta ${symscan.short(to)}`;

  const curveChoice = (curves) => [{
    key: 'curve',
    label: 'Setting',
    initial: 0,
    options: curves.map((c, i) => ({value: i, label: c.label || `curve ${i + 1}`}))
  }];
  const named = (curve) => (curve.label ? `At ${curve.label}. ` : '');

  // With one beta there is nothing to plot against it.
  const scanned = (curve) => symscan.distinct(curve.beta.filter((b) => b > 0)).length > 1;

  const dimensionCurves = (analysis) =>
      analysis.curves.filter((c) => scanned(c) && (known(c.local.mean) || known(c.active.mean) || known(c.slope.mean)));

  // Three notions of dimension against beta, and what neighbours in the data say without any VAE.
  const dimensions = {
    id: 'dimensions',
    title: 'Dimensions against beta',
    height: () => 430,
    applies: (study) => dimensionCurves(study.analysis).length > 0,
    choices: (study) => curveChoice(dimensionCurves(study.analysis)),
    build(study, group, choice) {
      const t = symscan.theme();
      const curve = dimensionCurves(study.analysis)[choice.curve ?? 0];
      const {beta} = curve;
      const plateau = curve.plateau && curve.plateau.from < curve.plateau.to ? curve.plateau : null;
      const ends = [Math.min(...beta.filter((b) => b > 0)), Math.max(...beta)];
      const kinds = [
        ['active latents', curve.active, t.series[3], 'square'],
        ['rate slope', curve.slope, t.series[2], 'diamond'],
        ['local dimension', curve.local, t.series[0], 'circle'],
      ].filter(([, values]) => known(values.mean));
      const estimates = study.analysis.neighbours ? study.analysis.neighbours.estimates : [];
      const highest = [
        ...kinds.flatMap(([, values]) => values.mean.map((x, i) => (x ?? 0) + (values.std[i] ?? 0))),
        ...estimates.map((e) => e.value)
      ];
      const top = Math.max(1, ...highest) * 1.1;
      const traces = [];
      if (plateau)
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: `plateau at ${symscan.format(plateau.value)}`,
          x: [plateau.from, plateau.to, plateau.to, plateau.from],
          y: [0, 0, top, top],
          fill: 'toself',
          fillcolor: symscan.fade(t.series[0], 0.13),
          line: {width: 0},
          hoverinfo: 'skip'
        });
      estimates.forEach((estimate, i) => {
        const label = `${estimate.name} ${symscan.plusMinus(estimate.value, estimate.error)}`;
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: label,
          x: ends[0] < ends[1] ? ends : [ends[0] / 2, ends[0] * 2],
          y: [estimate.value, estimate.value],
          line: {color: i ? t.series[5] : t.series[1], width: 1.6, dash: i ? 'dot' : 'dash'},
          hovertemplate: `${label}<extra></extra>`
        });
      });
      for (const [name, values, color, symbol] of kinds)
        traces.push(line(name, beta, values.mean, values.std, color, symbol));
      const range = plateau ? symscan.betas(plateau.from, plateau.to) : '';
      const list = curve.local.mean.map(
          (x, i) => x === null ?
              null :
              `beta ${symscan.short(beta[i])}: ${symscan.plusMinus(x, curve.local.std[i])}`);
      return {
        traces,
        layout: symscan.layout({
          xaxis: betaAxis(beta),
          yaxis: symscan.axis('number of dimensions', {range: [0, top]}),
        }),
        caption:
            `${named(curve)}Local dimension: directions along which one event can vary, the degrees of ` +
            'freedom. Active latents: Gaussian axes that the VAE needs, more than that on closed surfaces. ' +
            'Rate slope: −2 dKL/d ln β, directions that become finer as beta falls. ' +
            `${
                plateau ? `Shaded: the plateau ${range}, where the local dimension does not depend on the ` +
                        'resolution; its height is the result. ' :
                          ''}` +
            `${
                estimates.length ?
                    'Horizontal lines: estimates from distances between neighbouring events, ' +
                        'without a VAE.' :
                    ''}`,
        text: `Dimensions against beta. ${
            plateau ? `Plateau of the local dimension at ${symscan.format(plateau.value)}, ${range}. ` :
                      ''}Local dimension at ${list.filter(Boolean).join('; ') || 'no beta'}.${
            estimates.map((e) => ` ${e.name} ${symscan.plusMinus(e.value, e.error)}.`).join('')}`,
      };
    },
  };

  const theoryCurves = (analysis) => analysis.curves.filter((c) => scanned(c) && known(c.theory.kl) && known(c.kl.mean));

  // The rate that was reached and the one that a linear VAE would reach.
  const theory = {
    id: 'theory',
    title: 'Total KL: measured and predicted',
    height: () => 430,
    applies: (study) => theoryCurves(study.analysis).length > 0,
    choices: (study) => curveChoice(theoryCurves(study.analysis)),
    build(study, group, choice) {
      const t = symscan.theme();
      const curve = theoryCurves(study.analysis)[choice.curve ?? 0];
      const {beta, kl} = curve;
      const top =
          1.08 * Math.max(0.1, ...curve.theory.kl, ...kl.mean.map((x, i) => (x ?? 0) + (kl.std[i] ?? 0)));
      // Collapses far outside the scan would squeeze it into a corner.
      const low = Math.min(...beta.filter((b) => b > 0)) / 3, high = Math.max(...beta) * 3;
      const collapse = curve.theory.collapse.filter((b) => b >= low && b <= high);
      const outside = curve.theory.collapse.length - collapse.length;
      const traces = [];
      if (collapse.length)
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: 'a latent collapses (linear)',
          x: collapse.flatMap((b) => [b, b, null]),
          y: collapse.flatMap(() => [0, top, null]),
          line: {color: t.series[1], width: 1.4, dash: 'dash'},
          hovertemplate: 'collapse at β %{x:.3g}<extra></extra>'
        });
      traces.push(
          {
            type: 'scatter',
            mode: 'lines+markers',
            name: 'linear prediction',
            x: beta,
            y: curve.theory.kl,
            line: {color: t.mark, width: 1.5, dash: 'dot'},
            marker: {color: t.mark, size: 6, symbol: 'line-ew-open'},
            hovertemplate: 'β %{x:.3g}: %{y:.4g} nats<extra>linear prediction</extra>'
          },
          line('measured', beta, kl.mean, kl.std, t.series[0], 'circle'));
      const list = beta.map(
          (b, i) => `beta ${symscan.short(b)}: ${symscan.plusMinus(kl.mean[i] ?? null, kl.std[i])} nats, ` +
              `predicted ${symscan.format(curve.theory.kl[i] ?? null)}`);
      return {
        traces,
        layout: symscan.layout({
          xaxis: betaAxis(beta),
          yaxis: symscan.axis('total KL (nats)', {range: [0, top]}),
        }),
        caption:
            `${named(curve)}Information that the latents carry together. Dotted: the optimum of a linear ` +
            'VAE, Σ ½ ln(λ/τ) over the eigenvalues λ > τ of the data’s covariance. Dashed: the beta at which ' +
            'each of its latents collapses (τ = λ). Where the measured values depart from the prediction, the ' +
            'trained VAE uses structure that is not linear.' +
            `${outside ? ` ${symscan.plural(outside, 'collapse')} outside the scan not drawn.` : ''}`,
        text: `Total KL against beta, measured and predicted. ${list.join('; ')}. Collapses at beta ${
            curve.theory.collapse.map(symscan.short).join(', ') || 'unknown'}.`,
      };
    },
  };

  // One panel per quantity below each other, over the parameter that breaks the symmetry.
  symscan.breakingFigure = function(curve, id) {
    const panels = [
      ['relevance (KL, nats)', curve.relevance.some(known)],
      ['local dimension', known(curve.local.mean)],
      ['generator eigenvalue', known(curve.eigenvalue.mean)],
    ].filter(([, there]) => there);
    return {
      id,
      wide: true,
      title: `Approximate symmetry: ${symscan.math.name(curve.label || `against ${curve.parameter}`)}`,
      height: () => 130 + 190 * Math.max(1, panels.length),
      choices: () => [],
      build() {
        if (!panels.length) return {empty: 'No quantity was measured along this curve.'};
        const t = symscan.theme();
        const {values, algebra} = curve;
        const layout = symscan.layout({
          xaxis: symscan.axis(symscan.math.name(curve.parameter), {anchor: 'y'}),
          legend: {...symscan.layout().legend, y: 1.08},
        });
        const traces = [], axisOf = {};
        const part = 0.94 / panels.length;
        panels.forEach(([title], k) => {
          const key = k ? `${k + 1}` : '';
          axisOf[title] = `y${key}`;
          const log = title === 'generator eigenvalue' && curve.eigenvalue.mean.some((x) => x > 0);
          layout[`yaxis${key}`] = symscan.axis(title, {
            domain: [k * part, (k + 0.86) * part],
            nticks: 5,
            ...(log ? {type: 'log', exponentformat: 'power'} : {rangemode: 'tozero'})
          });
        });
        const add = (title, name, y, std, color, symbol) =>
            traces.push(line(name, values, y, std, color, symbol, {yaxis: axisOf[title]}));
        if (axisOf['generator eigenvalue'])
          add('generator eigenvalue', 'generator eigenvalue', curve.eigenvalue.mean, curve.eigenvalue.std,
              t.mark, 'circle');
        if (axisOf['local dimension'])
          add('local dimension', 'local dimension', curve.local.mean, curve.local.std, t.series[1], 'square');
        if (axisOf['relevance (KL, nats)']) {
          const latents = Math.max(...curve.relevance.map((row) => row.length));
          for (let j = 0; j < Math.min(latents, LATENT_LINES); ++j)
            add('relevance (KL, nats)', `latent ${j + 1}`, curve.relevance.map((row) => row[j] ?? null), [],
                t.series[(j + 2) % t.series.length], symscan.SYMBOLS[j % symscan.SYMBOLS.length]);
        }
        if (algebra.length) {
          layout[`yaxis${panels.length + 1}`] = {domain: [0.95, 1], visible: false, range: [0, 1]};
          traces.push({
            type: 'scatter',
            mode: 'text',
            x: values,
            y: values.map(() => 0.5),
            yaxis: `y${panels.length + 1}`,
            text: algebra.map((name, i) => (i && name === algebra[i - 1] ? '' : symscan.plain(name))),
            textfont: {size: 13, color: t.text},
            cliponaxis: false,
            hoverinfo: 'skip',
            showlegend: false
          });
        }
        const list = values.map((x, i) => {
          const parts = [
            algebra[i],
            known([curve.local.mean[i] ?? null]) ?
                `local dimension ${symscan.plusMinus(curve.local.mean[i], curve.local.std[i])}` :
                '',
            known([curve.eigenvalue.mean[i] ?? null]) ?
                `eigenvalue ${symscan.plusMinus(curve.eigenvalue.mean[i], curve.eigenvalue.std[i])}` :
                ''
          ];
          return `${symscan.short(x)}: ${parts.filter(Boolean).join(', ')}`;
        });
        return {
          traces,
          layout,
          caption:
              `Each value of ${curve.parameter} is a dataset of its own. An exact symmetry has a generator ` +
              'eigenvalue near 0; breaking it raises the eigenvalue, and directions that were constrained ' +
              'begin to vary: the local dimension and the relevance of further latents grow.' +
              `${algebra.length ? ' On top: the algebra found, named where it changes.' : ''}`,
          text: `Symmetry against ${curve.parameter}. ${list.join('; ')}.`,
        };
      },
    };
  };

  Object.assign(symscan.SYMMETRY, {dimensions, theory});
}
