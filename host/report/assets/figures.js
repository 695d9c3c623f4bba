// The figures of one group. Each has a title, the choices it offers, a test whether it applies, and build(),
// which returns traces, layout, caption and a text alternative; or {empty: sentence} where the data are not
// there. Here: what needs only statistics, relevance and training.
'use strict';
{
  // Relevance per latent: the bars, their spread over seeds, and the exact solution of the linear model.
  const relevance = {
    id: 'relevance',
    title: 'Relevance of the latents',
    choices: (study, group, data) =>
        [{
          key: 'measure',
          label: 'Measure',
          initial: data.measure,
          options: Object.keys(group.measures).map((key) => ({value: key, label: symscan.MEASURES[key].name}))
        },
         {key: 'log', label: 'Log scale', type: 'checkbox', initial: false},
  ],
    build(study, group, choice, data) {
      const measure = symscan.MEASURES[choice.measure];
      if (!group.measures[choice.measure]) return {empty: 'No replica of this group finished training.'};
      const t = symscan.theme();
      const {mean, std} = group.measures[choice.measure];
      const ranks = mean.map((_, i) => i + 1);
      const active = (rank) => symscan.isActive(group, rank, data.threshold);
      const several = group.nearLowest > 1;
      const shown = std.map((x) => (several ? x : 0));
      const predicted = symscan.prediction(group, choice.measure);
      const traces = [{
        type: 'bar',
        name: 'trained VAE',
        x: ranks,
        y: mean,
        width: 0.68,
        showlegend: false,
        marker: {color: ranks.map((_, i) => (active(i) ? t.series[0] : t.inactive))},
        error_y: {type: 'data', array: shown, visible: several, color: t.text, thickness: 1.2, width: 4},
        customdata: mean.map((x, i) => symscan.plusMinus(x, shown[i])),
        hovertemplate: 'latent %{x}<br>%{customdata}<extra></extra>',
      }];
      if (predicted.some((x) => x !== null)) {
        traces.push({
          type: 'scatter',
          mode: 'markers',
          name: 'linear prediction',
          x: ranks.slice(0, predicted.length),
          y: predicted,
          marker: {
            symbol: 'line-ew',
            size: Math.max(6, Math.min(30, 240 / mean.length)),
            color: t.mark,
            line: {width: 2.5, color: t.series[1]}
          },
          hovertemplate: 'linear prediction %{y:.3g}<extra></extra>',
        });
      }
      const layout = symscan.layout({
        xaxis: symscan.axis('latent, by decreasing relevance', {
          dtick: Math.max(1, Math.ceil(mean.length / 16)),
          range: [0.4, mean.length + 0.6],
          showgrid: false
        }),
        yaxis: symscan.axis(
            measure.title, choice.log ? {type: 'log', exponentformat: 'power'} : {rangemode: 'tozero'}),
        bargap: 0.3,
      });
      if (choice.measure === 'kl') {
        traces.push({
          type: 'scatter',
          mode: 'lines',
          name: `threshold ${symscan.short(data.threshold)} nats`,
          x: [0.4, mean.length + 0.6],
          y: [data.threshold, data.threshold],
          line: {color: t.muted, width: 1.2, dash: 'dot'},
          hoverinfo: 'skip'
        });
      }
      const bars = mean.map((x, i) => `latent ${i + 1}: ${symscan.plusMinus(x, shown[i])}`).join(', ');
      return {
        traces,
        layout,
        caption: `${shown.some((x) => x > 0) ? 'Mean and standard deviation over ' : several ? 'Mean over ' : 'Relevances of '}${
                     symscan.bestReplicas(group)}. ` +
            (ranks.every((_, i) => active(i)) ? '' : 'Grey bars: latents that are not active. ') +
            (predicted.some((x) => x !== null) ? 'Orange marks: optimum of a linear VAE, from the data’s principal components alone.' : '') +
            (choice.measure === 'ablation' ? ' Ablation: from the rows kept with the run.' : ''),
        text: `Bar chart of the relevance, ${measure.name}. ${bars}.`,
      };
    },
  };

  // How training went: line = mean over replicas, band = smallest to largest.
  const losses = {
    id: 'losses',
    part: 'training',
    title: 'Training curves',
    choices: () => [{key: 'log', label: 'Log scale', type: 'checkbox', initial: false}],
    build(study, group, choice) {
      const t = symscan.theme();
      const kinds = [
        ['loss', 'loss', 'y2', t.series[0], 'solid'],
        ['validation_loss', 'validation loss', 'y2', t.series[1], 'dash'],
        ['reconstruction', 'squared error', 'y2', t.series[2], 'dot'],
        ['kl', 'total KL', 'y', t.series[3], 'solid'],
      ].filter(([key]) => group.curves[key]);
      if (!kinds.length || !group.epoch.length)
        return {empty: 'No training curves were recorded for this group.'};
      const traces = [];
      for (const [key, label, axis, color, dash] of kinds) {
        const {mean, min, max} = group.curves[key];
        const known =
            group.epoch.map((_, i) => i).filter((i) => Number.isFinite(min[i]) && Number.isFinite(max[i]));
        if (known.length > 1) {
          const epochs = known.map((i) => group.epoch[i]);
          traces.push({
            type: 'scatter',
            mode: 'lines',
            x: [...epochs, ...[...epochs].reverse()],
            yaxis: axis,
            y: [...known.map((i) => max[i]), ...[...known].reverse().map((i) => min[i])],
            fill: 'toself',
            legendgroup: key,
            fillcolor: symscan.fade(color, 0.16),
            line: {width: 0},
            hoverinfo: 'skip',
            showlegend: false
          });
        }
        traces.push({
          type: 'scatter',
          mode: group.epoch.length > 1 ? 'lines' : 'markers',
          name: label,
          x: group.epoch,
          y: mean,
          yaxis: axis,
          legendgroup: key,
          line: {color, width: 2, dash},
          hovertemplate: `epoch %{x}<br>${label} %{y:.4g}<extra></extra>`
        });
      }
      const type = choice.log ? {type: 'log', exponentformat: 'power'} : {};
      const two = group.curves.kl && kinds.length > 1;
      const last = kinds.map(
          ([key, label]) => `${label} ${symscan.format(group.curves[key].mean[group.epoch.length - 1])}`);
      return {
        traces,
        layout: symscan.layout({
          xaxis: symscan.axis('epoch', {anchor: 'y', rangemode: 'normal'}),
          yaxis: symscan.axis('KL (nats)', {
            domain: two ? [0, 0.34] : [0, group.curves.kl ? 1 : 0.001],
            visible: !!group.curves.kl,
            rangemode: 'tozero',
            nticks: 4
          }),
          yaxis2: symscan.axis(
              'per event',
              {domain: two ? [0.42, 1] : [0, 1], visible: kinds.some(([key]) => key !== 'kl'), ...type}),
        }),
        caption: 'Lines: mean over the replicas; bands: smallest to largest. ' +
            'Above, the loss and its squared error; below, the KL in nats.',
        text: `Training curves over ${symscan.plural(group.epoch[group.epoch.length - 1], 'epoch')}. At the end: ${
            last.join(', ')}.`,
      };
    },
  };

  symscan.FIGURES = [relevance, losses];
}
