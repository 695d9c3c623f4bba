// Counterparts of figures of V. Sanz, "Learning symmetries in datasets" (arXiv:2504.05174): PAPER holds those of one
// study and group, PAPER_ACROSS those that set two data sets side by side. As in figures.js.
'use strict';
{
  const nameOf = (study) => symscan.math.name(study.dataset);
  const PAPER = 'arXiv:2504.05174';
  const ROWS = 10, FEATURES = 6, NARROW = 2;
  const PANEL_POINTS = 12000, PLANE_POINTS = 900;

  symscan.narrow = () => typeof window !== 'undefined' && window.innerWidth < 700 && !symscan.printing();
  // Panels beside each other, on a phone below each other.
  symscan.panelGrid = (count) => symscan.narrow() ? {rows: count, columns: 1, pattern: 'independent'} :
                                                    {rows: 1, columns: count, pattern: 'independent'};

  const column = (rows, index) => rows.map((row) => row[index]);
  // A phone shows fewer features beside each other.
  const perPage = () => (symscan.narrow() ? NARROW : FEATURES);
  const withEvents = (study) => study.sample.length > 0 && study.groups.some((g) => g.representative);
  const ranked = (study) => study.groups.some(symscan.trained);

  const range = (values) => {
    const [low, high] = symscan.extent(values);
    return low <= high ? [low, high] : [-1, 1];
  };
  const pad = ([low, high], part = 0.06) => [low - part * (high - low || 1), high + part * (high - low || 1)];

  function groupWith(groups, latents, beta) {
    const best = (list) => list.find((g) => g.beta === beta) || list[0];
    const sizes = symscan.distinct(groups.map((g) => g.latent_dim));
    const size = sizes.includes(latents) ? latents : sizes[sizes.length - 1];
    return best(groups.filter((g) => g.latent_dim === size)) || best(groups);
  }

  const studyChoice = (data, test, key, label, initial) => {
    const options = data.studies.map((s, i) => ({value: i, label: nameOf(s), study: s})).filter((o) => test(o.study));
    const first = options[Math.min(initial, options.length - 1)];
    return {key, label, initial: first ? first.value : 0, options: options.map(({value, label}) => ({value, label}))};
  };
  const sizes = (data, test) =>
      symscan.distinct(data.studies.flatMap((s) => s.groups.filter((g) => test(s, g)).map((g) => g.latent_dim)));

  // The size of the groups that the studies open with, the largest of them.
  function latentsChoice(data, test) {
    const options = sizes(data, test);
    const opened = data.studies.map(symscan.firstGroup).filter((g) => g && options.includes(g.latent_dim)).map((g) => g.latent_dim);
    return {
      key: 'latents',
      label: 'Latents',
      initial: opened.length ? Math.max(...opened) : options[options.length - 1],
      options: options.map((n) => ({value: n, label: String(n)}))
    };
  }

  const model = (group) => `${symscan.plural(group.latent_dim, 'latent')}${
      group.beta !== null ? `, beta ${symscan.short(group.beta)}` : ''}`;

  // Figure 2: relevance per latent of two data sets in one plot.
  const relevances = {
    id: 'figure-2',
    title: 'Figure 2: relevance of the latents of two data sets',
    wide: true,
    applies: (study, group, data) => data.studies.filter(ranked).length > 1,
    choices: (study, group, data) =>
        [studyChoice(data, ranked, 'a', 'Data set', 0),
         studyChoice(data, ranked, 'b', 'and', 1),
         latentsChoice(data, (s, g) => symscan.trained(g)),
         {
           key: 'measure',
           label: 'Measure',
           initial: data.measure,
           options: Object.keys(symscan.MEASURES)
                        .filter((key) => data.studies.some((s) => s.groups.some((g) => g.measures[key])))
                        .map((key) => ({value: key, label: symscan.MEASURES[key].name}))
         },
         {key: 'log', label: 'Log scale', type: 'checkbox', initial: false},
  ],
    build(study, group, choice, data) {
      const t = symscan.theme();
      const measure = symscan.MEASURES[choice.measure];
      const usable = (s) => s.groups.filter((g) => g.measures[choice.measure]);
      const two = [choice.a, choice.b].map((i) => data.studies[i]);
      if (!two.every((s) => s && usable(s).length))
        return {empty: 'One of the two data sets has no trained replica with this measure.'};
      const first = symscan.firstGroup(two[0]);
      const groups = two.map((s) => {
        const opened = symscan.firstGroup(s);
        const fits = opened && opened.latent_dim === choice.latents && opened.measures[choice.measure];
        return fits ? opened : groupWith(usable(s), choice.latents, first ? first.beta : null);
      });
      const most = Math.max(...groups.map((g) => g.measures[choice.measure].mean.length));
      const traces = groups.map((g, k) => {
        const {mean, std} = g.measures[choice.measure];
        const several = g.nearLowest > 1;
        const spread = mean.map((_, i) => (several ? std[i] ?? 0 : 0));
        return {
          type: 'bar',
          name: nameOf(two[k]) + (k && two[0] === two[1] ? ' (again)' : ''),
          x: mean.map((_, i) => i + 1),
          y: mean,
          width: 0.36,
          marker: {color: mean.map(() => t.series[k])},
          error_y: {type: 'data', array: spread, visible: several, color: t.text, thickness: 1.2, width: 4},
          customdata: mean.map((x, i) => `latent ${i + 1}: ${symscan.plusMinus(x, spread[i])}`),
          hovertemplate: `%{customdata}<extra>${nameOf(two[k])}</extra>`,
        };
      });
      const said = groups.map((g, k) => `${nameOf(two[k])}: ${
          g.measures[choice.measure].mean.slice(0, ROWS).map((x) => symscan.format(x)).join(', ')}`);
      const models = model(groups[0]) === model(groups[1]) ?
          `Both with ${model(groups[0])}` :
          two.map((s, k) => `${nameOf(s)}: ${model(groups[k])}`).join('; ');
      return {
        traces,
        layout: symscan.layout({
          xaxis: symscan.axis('latent, by decreasing relevance', {
            range: [0.4, most + 0.6],
            tickvals: Array.from({length: most}, (_, i) => i + 1).filter((i) => most <= 20 || i % Math.ceil(most / 16) === 1),
            showgrid: false
          }),
          yaxis: symscan.axis(measure.title, choice.log ? {type: 'log', exponentformat: 'power'} : {rangemode: 'tozero'}),
        }),
        caption: `Counterpart of figure 2 of ${PAPER}. ${models}; bars: ${
            groups.some((g) => g.nearLowest > 1) ? 'mean over the replicas near the lowest loss' : 'one replica each'}${
            traces.some((trace) => trace.error_y.array.some((x) => x > 0)) ? ', error bars: their standard deviation' : ''}. ` +
            'What differs: data, networks and training are those of this run, and ' +
            `the relevance is ${measure.name} as defined below, which need not be the measure of the paper.`,
        text: `Bar chart of the relevance, ${measure.name}, of each latent. ${said.join('. ')}.`,
      };
    },
  };

  // The two columns of a study by name, else the first two that vary.
  function columnsOf(study, choice) {
    const at = (name) => study.columns.indexOf(name);
    const free = (used) => study.varying.find((i) => i !== used) ?? 0;
    if (study.columns.length < 3) return [0, study.columns.length > 1 ? 1 : 0];
    const x = choice.x && at(choice.x) >= 0 ? at(choice.x) : study.varying[0];
    const y = choice.y && at(choice.y) >= 0 ? at(choice.y) : free(x);
    return [x, y];
  }

  // The encoder's plane, faint, under the events in the same colours.
  function planePanel(study, group, columns, latent, colors, axes) {
    const {activations, plane} = group.representative;
    const step = Math.max(1, Math.ceil(study.sample.length / PLANE_POINTS));
    const keep = study.sample.map((_, i) => i).filter((i) => i % step === 0);
    const traces = [];
    const around = symscan.continuation(plane, columns, latent, [colors.cmin, colors.cmax]);
    around.forEach((trace) => traces.push({...trace, ...axes}));
    const names = columns.map((c) => symscan.columnName(study, c));
    traces.push({
      type: 'scatter',
      mode: 'markers',
      x: keep.map((i) => study.sample[i][columns[0]]),
      y: keep.map((i) => study.sample[i][columns[1]]),
      ...axes,
      marker: {size: 4, opacity: 0.9, color: keep.map((i) => activations[i][latent]), ...colors},
      hovertemplate: `${names[0]} %{x:.4g}<br>${names[1]} %{y:.4g}<br>μ = %{marker.color:.3f}<extra>${
          nameOf(study)}</extra>`
    });
    return {traces, continued: around.length > 0};
  }

  function planeAxes(study, group, columns, suffix) {
    const {plane} = group.representative;
    const ends = (c, k) => {
      const data = pad(range(column(study.sample, c)), 0.08);
      const grid = plane && plane.columns[k] === c ? range(k ? plane.y : plane.x) : data;
      return [Math.min(data[0], grid[0]), Math.max(data[1], grid[1])];
    };
    const [x, y] = columns.map(ends);
    y[1] += 0.1 * (y[1] - y[0]);  // for the title inside the panel
    const ratio = (x[1] - x[0]) / (y[1] - y[0]);
    const equal = ratio > 0.5 && ratio < 2 ? {scaleanchor: `x${suffix}`, scaleratio: 1} : {};
    const names = columns.map((c) => symscan.columnName(study, c));
    return {
      [`xaxis${suffix}`]: symscan.axis(names[0], {range: x, nticks: 5}),
      [`yaxis${suffix}`]: symscan.axis(names[1], {range: y, nticks: 5, ...equal}),
    };
  }

  // The title of a panel, inside it.
  function above(text, suffix, layout) {
    const [low, high] = layout[`xaxis${suffix}`].range;
    return {
      x: (low + high) / 2,
      y: layout[`yaxis${suffix}`].range[1],
      xref: `x${suffix}`,
      yref: `y${suffix}`,
      xanchor: 'center',
      yanchor: 'top',
      showarrow: false,
      text: symscan.shortLabels([text], 44)[0],
      font: {size: 13, color: symscan.theme().text}
    };
  }

  const wideStudies = (data) => data.studies.filter((s) => withEvents(s) && s.columns.length > 2);

  function columnChoices(data) {
    const all = wideStudies(data).flatMap((s) => s.varying.map((i) => ({value: s.columns[i], label: symscan.columnName(s, i)})));
    const named = all.filter((o, i) => all.findIndex((other) => other.value === o.value) === i);
    if (!named.length) return [];
    const options = [{value: '', label: 'default'}, ...named];
    return ['x', 'y'].map((key) => ({key, label: key, initial: '', options}));
  }

  // The group that figures of one optimum show: the one the study opens with, if its activations are kept.
  function shownGroup(study) {
    const first = symscan.firstGroup(study);
    return first && first.representative ? first : study.groups.find((g) => g.representative);
  }

  // Figure 3: mean activation of the most relevant latent over the plane of two columns, of two data sets.
  const planes = {
    id: 'figure-3',
    title: 'Figure 3: mean activation over the plane of the data',
    wide: true,
    applies: (study, group, data) => data.studies.some(withEvents),
    height: () => (symscan.narrow() ? 640 : 430),
    choices(study, group, data) {
      const most = Math.max(1, ...data.studies.filter(withEvents).map((s) => shownGroup(s).representative.latents));
      const latents = Array.from({length: Math.min(most, ROWS)}, (_, i) => ({value: i, label: `latent ${i + 1}`}));
      return [
        studyChoice(data, withEvents, 'a', 'Data set', 0), studyChoice(data, withEvents, 'b', 'and', 1),
        {key: 'latent', label: 'Latent', initial: 0, options: latents}, ...columnChoices(data)
      ];
    },
    build(study, group, choice, data) {
      const two = choice.a === choice.b ? [data.studies[choice.a]] : [data.studies[choice.a], data.studies[choice.b]];
      if (!two.every((s) => s && withEvents(s)))
        return {empty: 'No activations are stored of one of these data sets.'};
      const groups = two.map(shownGroup);
      const latents = groups.map((g) => Math.min(choice.latent ?? 0, g.representative.latents - 1));
      const [low, high] = range(groups.flatMap((g, k) => column(g.representative.activations, latents[k])));
      const colors = {colorscale: symscan.SCALE, cmin: Math.min(low, -0.5), cmax: Math.max(high, 0.5)};
      const layout = symscan.layout({showlegend: false, annotations: [], grid: symscan.panelGrid(two.length)});
      const traces = [];
      const continued = [];
      two.forEach((s, k) => {
        const columns = columnsOf(s, choice), suffix = k ? '2' : '';
        const last = k === two.length - 1;
        Object.assign(layout, planeAxes(s, groups[k], columns, suffix));
        layout.annotations.push(above(`${nameOf(s)}, latent ${latents[k] + 1}`, suffix, layout));
        const panel = planePanel(
            s, groups[k], columns, latents[k], last ? {...colors, colorbar: symscan.colorbar('mean activation μ(x)')} : colors,
            {xaxis: `x${suffix}`, yaxis: `y${suffix}`});
        traces.push(...panel.traces);
        if (panel.continued) continued.push(s);
      });
      return {
        traces,
        layout,
        caption: `Counterpart of figure 3 of ${PAPER}. Points: events, coloured by μ(x) (${
                     two.map((s, k) => `${nameOf(s)}: ${model(groups[k])}, replica ${groups[k].representative.replica}`).join('; ')}).${
                     continued.length ? ' Faint: what the same encoder says where there are no data.' : ''} ` +
            'What differs: data, networks and training are those of this run; the sign of a latent means nothing.',
        text: `Scatter plots of the events of ${
            two.map(nameOf).join(' and ')}, coloured by the mean activation of one latent, from ${
            symscan.format(low)} to ${symscan.format(high)}.`,
      };
    },
  };

  function pages(study) {
    const size = perPage(), count = Math.ceil(study.varying.length / size);
    if (count < 2) return [];
    const options = Array.from({length: count}, (_, p) => {
      const names = study.varying.slice(p * size, (p + 1) * size).map((i) => symscan.columnName(study, i));
      return {value: p, label: names.length > 1 ? `${names[0]} … ${names[names.length - 1]}` : names[0]};
    });
    return [{key: 'page', label: 'Features', initial: 0, options}];
  }

  const rowsOf = (group) => Math.min(ROWS, group && group.representative ? group.representative.latents : 1);

  // What a latent carries.
  function inNats(group, j) {
    const {kl} = group.measures;
    if (!kl || kl.mean[j] === undefined || kl.mean[j] === null) return '';
    return kl.mean[j] < 0.001 ? 'below 0.001 nats' : `${symscan.format(kl.mean[j])} nats`;
  }

  // A grid: rows are latents by decreasing relevance, columns are features, one scale for all.
  function grid(study, group, page, data) {
    const t = symscan.theme();
    const size = symscan.printing() ? FEATURES : perPage();
    const features = study.varying.slice(page * size, (page + 1) * size);
    const latents = rowsOf(group);
    const {activations} = group.representative;
    const step = Math.max(1, Math.ceil((study.sample.length * features.length * latents) / PANEL_POINTS));
    const keep = study.sample.map((_, i) => i).filter((i) => i % step === 0);
    const layout = symscan.layout({
      grid: {rows: latents, columns: features.length, pattern: 'coupled', xgap: 0.06, ygap: 0.12},
      showlegend: false,
      annotations: [],
    });
    const [low, high] = pad(range(activations.flat()));
    const scale = [low, high + 0.25 * (high - low)];  // room for the relevance above the points
    const traces = [];
    for (let j = 0; j < latents; ++j) {
      const active = symscan.isActive(group, j, data.threshold);
      layout[`yaxis${j ? j + 1 : ''}`] =
          symscan.axis(symscan.printing() ? String(j + 1) : `latent ${j + 1}`, {range: scale, nticks: 4});
      layout.annotations.push({
        x: 0.006,
        y: scale[1],
        xref: 'paper',
        yref: `y${j ? j + 1 : ''}`,
        xanchor: 'left',
        yanchor: 'top',
        showarrow: false,
        text: inNats(group, j),
        font: {size: 11.5, color: active ? t.text : t.muted}
      });
      features.forEach((feature, k) => traces.push({
        type: 'scatter',
        mode: 'markers',
        x: keep.map((i) => study.sample[i][feature]),
        y: keep.map((i) => activations[i][j]),
        xaxis: `x${k ? k + 1 : ''}`,
        yaxis: `y${j ? j + 1 : ''}`,
        marker: {size: 3, opacity: 0.55, color: active ? t.series[j % t.series.length] : t.inactive},
        hovertemplate: `${symscan.columnName(study, feature)} %{x:.4g}<br>μ %{y:.3f}<extra>latent ${j + 1}</extra>`,
      }));
    }
    features.forEach((feature, k) => {
      layout[`xaxis${k ? k + 1 : ''}`] = symscan.axis(
          symscan.columnName(study, feature), {nticks: features.length > 3 ? 3 : 6, tickangle: 0});
    });
    const {replica, seed} = group.representative;
    const hidden = (group.latent_dim ?? group.representative.latents) - latents;
    const every = step === 1 ? '' : `, every ${step === 2 ? 'second' : step === 3 ? 'third' : step + 'th'} of the kept events is shown`;
    return {
      traces,
      layout,
      caption: `Counterpart of figure 4 of ${PAPER}: mean activation of ${
                   hidden ? `the ${latents} most relevant of ${group.latent_dim ?? group.representative.latents} latents` :
                            'every latent, also of irrelevant ones,'} against each feature. ` +
          `In each row, the relevance (KL, mean over ${symscan.bestReplicas(group)}). Grey: not active. All rows share ` +
          `one scale${every} (${symscan.plural(study.sample.length, 'event')} kept with the run${
              replica !== undefined ? `; replica ${replica}${seed !== undefined ? `, seed ${seed}` : ''}` : ''}). ` +
          'What differs: data, networks and training are those of this run.',
      text: `Grid of scatter plots: mean activation of ${symscan.plural(latents, 'latent')} against ${
          features.map((i) => symscan.columnName(study, i)).join(', ')}. Relevances: ${
          Array.from({length: latents}, (_, j) => `latent ${j + 1} ${inNats(group, j)}`).join(', ')}.`,
    };
  }

  // Figure 4 of the group that the reader chose.
  const activations = {
    id: 'activations',
    title: 'Mean activation of every latent against each feature',
    wide: true,
    choices: (study) => pages(study),
    height: (study, group) => 80 + 112 * rowsOf(group),
    build(study, group, choice, data) {
      if (!study.sample.length) return {empty: 'This study stores no sample of events, so there is nothing to plot here.'};
      if (!symscan.trained(group)) return {empty: 'No replica of this group finished training.'};
      if (!group.representative) return {empty: 'The activations of this group were not stored.', needs: 'representative'};
      return grid(study, group, choice.page ?? 0, data);
    },
  };

  symscan.PAPER = [activations];
  symscan.PAPER_ACROSS = [relevances, planes];

  // Figure 4 of one data set, in the section of the paper's figures.
  symscan.PAPER_ACROSS.push({
    ...activations,
    id: 'figure-4',
    title: 'Figure 4: every latent against the features',
    // The section of a single data set has it already.
    applies: (study, group, data) => data.studies.length > 1 && data.studies.some(withEvents),
    height: (study, group, data) =>
        80 + 112 * Math.max(...data.studies.filter(withEvents).map((s) => rowsOf(shownGroup(s)))),
    choices(study, group, data) {
      const widest = data.studies.filter(withEvents).reduce((a, b) => (b.varying.length > a.varying.length ? b : a));
      const page = pages(widest).map((c) => ({
        ...c,
        options: c.options.map((o, p) => ({value: o.value, label: `page ${p + 1}`})),
        when: (choice) => !data.studies[choice.a] || pages(data.studies[choice.a]).length > 0
      }));
      return [studyChoice(data, withEvents, 'a', 'Data set', 0), ...page];
    },
    build(study, group, choice, data) {
      const chosen = data.studies[choice.a];
      if (!chosen || !withEvents(chosen)) return {empty: 'No activations are stored of this data set.'};
      const count = Math.ceil(chosen.varying.length / perPage());
      const figure = grid(chosen, shownGroup(chosen), Math.min(choice.page ?? 0, count - 1), data);
      return {...figure, caption: `${nameOf(chosen)}, ${model(shownGroup(chosen))}. ${figure.caption}`};
    },
  });
}
