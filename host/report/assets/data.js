// What the embedded data says, in a form that the rest can use without asking whether a part is missing.
'use strict';
const symscan = {};

symscan.MEASURES = {};  // by key, once the data are read: {name, title, unit}

{
  const list = (value) => (Array.isArray(value) ? value : []);
  const object = (value) => (value && typeof value === 'object' && !Array.isArray(value) ? value : {});
  const numbers = (value) => list(value).map((x) => (Number.isFinite(x) ? x : null));
  const statistic = (value) => ({mean: object(value).mean ?? null, std: object(value).std ?? null});
  const perLatent = (value) => ({mean: numbers(object(value).mean), std: numbers(object(value).std)});
  const number = (value) => (Number.isFinite(value) ? value : null);
  const text = (value) => (value === null || value === undefined ? '' : String(value));
  const texts = (value) => list(value).map(text);
  const rows = (value) => list(value).map(numbers);
  // What a test says of the distribution.
  const density = (value) => {
    const source = object(value);
    return {
      verdict: text(source.verdict),
      p: number(source.p_value),
      effect: number(source.effect),
      limit: number(source.effect_limit)
    };
  };
  symscan.as = {list, object, numbers, statistic, series: perLatent, number, text, texts, rows, density};

  function curve(value) {
    const source = object(value);
    const result = {mean: numbers(source.mean), min: numbers(source.min), max: numbers(source.max)};
    return result.mean.some((x) => x !== null) ? result : null;
  }

  function representative(value, rows) {
    const source = object(value);
    const activations = list(source.activations);
    const width = list(activations[0]).length;
    if (!width || activations.length !== rows || activations.some((row) => list(row).length !== width))
      return null;
    return {
      replica: source.replica,
      seed: source.seed,
      order: list(source.order),
      latents: width,
      activations,
      phiK: list(source.phi_k).map(numbers),
      plane: plane(source.plane)
    };
  }

  // What the encoder makes of the plane of two columns, on and off the data: mean[latent][iy][ix].
  function plane(value) {
    const source = object(value);
    const x = numbers(source.x), y = numbers(source.y), mean = list(source.mean).map(rows);
    const complete = x.length > 1 && y.length > 1 && mean.length > 0 &&
        mean.every((m) => m.length === y.length && m.every((row) => row.length === x.length));
    return complete ? {columns: list(source.columns), x, y, mean} : null;
  }

  function group(value, rows, measure) {
    const source = object(value);
    const measures = {};
    for (const key of Object.keys(symscan.MEASURES)) {
      const values = perLatent(object(source.measures)[key]);
      if (values.mean.length) measures[key] = values;
    }
    const relevance = perLatent(source.relevance);
    const shown = object(source.relevance).measure || measure;
    if (!measures[shown] && relevance.mean.length && symscan.MEASURES[shown]) measures[shown] = relevance;
    const curves = object(source.curves);
    return {
      id: source.id,
      label: source.label || `group ${source.id}`,
      latent_dim: source.latent_dim ?? null,
      beta: source.beta ?? null,
      tau: source.tau ?? null,
      hidden: list(source.hidden),
      activation: source.activation ?? null,
      settings: object(source.settings),
      extra: {},
      trainings: source.trainings ?? list(source.replicas).length,
      nearLowest: source.near_lowest ?? list(source.best).length,
      failed: source.failed || 0,
      done: number(source.done),
      measures,
      share: numbers(source.share),
      theory_kl: numbers(source.theory_kl),
      active: {...statistic(source.active_latents), values: list(object(source.active_latents).values)},
      loss: statistic(source.loss),
      reconstruction: statistic(source.reconstruction),
      kl: statistic(source.kl),
      epoch: numbers(curves.epoch),
      curves: {
        loss: curve(curves.loss),
        validation_loss: curve(curves.validation_loss),
        reconstruction: curve(curves.reconstruction),
        kl: curve(curves.kl),
      },
      representative: representative(source.representative, rows),
    };
  }

  function flatten(value, prefix, paths) {
    for (const [key, entry] of Object.entries(value)) {
      const path = prefix ? `${prefix}.${key}` : key;
      if (entry && typeof entry === 'object' && !Array.isArray(entry))
        flatten(entry, path, paths);
      else
        paths[path] = JSON.stringify(entry);
    }
    return paths;
  }

  // The scanned settings that groups have no field of their own for, such as train.learning_rate, go into
  // `extra`.
  const OWN = ['name', 'seed', 'model.latent_dim', 'model.hidden', 'model.activation', 'loss.beta'];
  function nameExtras(groups) {
    const settings = groups.map((g) => flatten(g.settings, '', {}));
    const paths = [...new Set(settings.flatMap((s) => Object.keys(s)))];
    const extras = paths.filter(
        (path) => !OWN.includes(path) && !path.startsWith('dataset.') &&
            new Set(settings.map((s) => s[path])).size > 1);
    groups.forEach((g, i) => {
      for (const path of extras) g.extra[path] = settings[i][path];
    });
    return groups;
  }

  function optimum(value) {
    const source = object(value);
    return {
      kind: source.loss_kind || '',
      beta: source.beta ?? null,
      loss: source.loss ?? null,
      relevances: numbers(source.relevances),
      relevant: source.relevant ?? null,
      effective: source.effective ?? null,
      trainings: source.trainings || 0,
      of: source.of_trainings || 0,
      latent_dims: list(source.latent_dims),
      group: source.group,
    };
  }

  // Groups with one value of a setting, of a run that is too large to show them all.
  function aggregate(value) {
    const source = object(value);
    return {
      setting: source.setting || '',
      value: source.value ?? '',
      groups: source.groups || 0,
      trainings: source.trainings || 0,
      failed: source.failed || 0,
      lowest: source.lowest_loss ?? null,
      active: statistic(source.active_latents),
      loss: statistic(source.loss),
      reconstruction: statistic(source.reconstruction),
      kl: statistic(source.kl),
    };
  }

  // Of all groups, whether or not they are shown.
  function totals(value, groups) {
    const sum = (key) => groups.reduce((total, g) => total + g[key], 0);
    const source = object(value);
    return {
      groups: source.groups ?? groups.length,
      trainings: source.trainings ?? sum('trainings'),
      failed: source.failed ?? sum('failed'),
    };
  }

  // What is known of a dataset beside what was found; `agrees` is null where it cannot be judged.
  function known(value) {
    const source = object(value);
    const agrees = typeof source.agrees === 'boolean' ? source.agrees : null;
    return {quantity: text(source.quantity), known: text(source.known), found: text(source.found), agrees};
  }

  // What the data obey, in the words of the analysis; null where nothing was analysed.
  function answer(value) {
    if (!value) return null;
    const source = object(value);
    return {
      degrees: text(source.degrees),
      set: text(source.set),
      distribution: text(source.distribution),
      kept: texts(source.kept),
      broken: texts(source.broken),
      undecided: texts(source.undecided),
      not_broken: text(source.not_broken),
      finite: text(source.finite),
      constraints: texts(source.constraints),
      approximate: texts(source.approximate),
      no_constraints: text(source.no_constraints),
      constraints_note: text(source.constraints_note),
      laws: number(source.laws),
      law_equations: texts(source.law_equations),
      laws_note: text(source.laws_note),
      confidence: text(source.confidence),
      converged: typeof source.converged === 'boolean' ? source.converged : null,
      convergence: text(source.convergence),
      sentences: texts(source.sentences),
    };
  }

  function study(value, index, measure) {
    const source = object(value);
    const columns = list(source.columns).map(String);
    const sample = list(source.sample).filter((row) => list(row).length === columns.length);
    const constant = list(source.constant_columns).map(String);
    const all = columns.map((_, i) => i);
    const varying = all.filter((i) => !constant.includes(columns[i]));
    const groups = nameExtras(list(source.groups).map((g) => group(g, sample.length, measure)));
    const whole = totals(source.totals, groups);
    return {
      key: `study-${index}`,
      dataset: source.dataset || `dataset ${index + 1}`,
      description: source.description || '',
      shape: source.shape || '',
      firstGroup: source.first_group,
      rows: source.rows ?? null,
      columns,
      constant,
      varying: varying.length ? varying : all,
      notes: list(source.notes),
      summary: texts(source.summary),
      details: Array.isArray(source.details) ? texts(source.details) : null,
      known: Array.isArray(source.known) ? source.known.map(known) : null,
      preprocess: source.preprocess || '',
      eigenvalues: numbers(source.eigenvalues).filter((x) => x !== null).sort((a, b) => b - a),
      sample: sample.length === list(source.sample).length ? sample : [],
      keptRows: source.kept_rows ?? sample.length,
      optima: list(source.optima).map(optimum),
      totals: whole,
      replicas: number(source.replicas),
      done: number(source.done),
      failed: number(source.failed) ?? whole.failed,
      answer: answer(source.answer),
      aggregates: list(source.aggregates).map(aggregate),
      groups,
      analysis: symscan.readAnalysis(source.analysis),
    };
  }

  // `text`: the data, where there is no page.
  symscan.read = function(text) {
    const source = object(JSON.parse(text || document.getElementById('symscan-data').textContent));
    const measure = source.measure || 'kl';
    for (const {measure: key, name, title, unit} of list(source.measures).map(object))
      if (key) symscan.MEASURES[key] = {name: name || key, title: title || key, unit: unit || ''};
    const studies = list(source.studies).map((s, i) => study(s, i, measure));
    const trainings = studies.reduce((sum, s) => sum + s.totals.trainings, 0);
    return {
      name: source.name || 'Untitled sweep',
      datasets: source.datasets ?? studies.length,
      replicas: source.replicas ?? trainings,
      failed: source.failed ?? list(source.failures).length,
      done: number(source.done),
      skipped: number(source.skipped) ?? 0,
      version: source.symscan_version || '',
      created: source.created || '',
      backend: source.backend || '',
      measure,
      threshold: Number.isFinite(source.threshold) ? source.threshold : 0.01,
      settings: object(source.settings),
      defaults: texts(source.defaults),
      failures: list(source.failures),
      studies,
      breakingCurves: list(source.breaking_curves).map(symscan.readBreakingCurve).filter(Boolean),
    };
  };
}

// Three significant digits, without the noise of trailing powers where a plain number will do.
symscan.format = function(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1).replace('e-', 'e−').replace('-', '−');
  const decimals = Math.max(0, Math.min(4, digits - 1 - Math.floor(Math.log10(size))));
  return value.toFixed(decimals).replace('-', '−');
};

// Settings and thresholds: the number as it was given, 0.05 rather than 0.0500.
symscan.short = (value) =>
    (Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace('-', '−') : '–');

symscan.plusMinus = function(mean, std) {
  const text = symscan.format(mean);
  if (std > 0 && /e/.test(text) && Math.abs(mean) > 1e-300) {
    const power = Math.floor(Math.log10(Math.abs(mean))), unit = Math.pow(10, power);
    if (std < 1000 * Math.abs(mean))
      return `(${(mean / unit).toFixed(1).replace('-', '−')} ± ${(std / unit).toFixed(1)})×10^${power}`;
  }
  return std !== null && std !== undefined && std > 0 && text !== '–' ?
      `${text} ± ${symscan.format(std, 2)}` :
      text;
};

// 10,000: digits in threes, the same in every language of the browser.
symscan.grouped = (n) => (Number.isFinite(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ',') : '–');

// The least and the largest of the numbers that are finite.
symscan.extent = function(values) {
  let low = Infinity, high = -Infinity;
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [low, high];
};

// The reader's choices, as far as they are offered; else those that a figure begins with.
symscan.settle = function(choices, old) {
  const choice = {};
  for (const c of choices) {
    const valid = c.type === 'checkbox' ? typeof old[c.key] === 'boolean' : c.options.some((o) => o.value === old[c.key]);
    const first = c.options && !c.options.some((o) => o.value === c.initial) && c.options.length ? c.options[0].value : c.initial;
    choice[c.key] = valid ? old[c.key] : first;
  }
  return choice;
};

symscan.heightOf = (figure, study, group, data) => (figure.height ? figure.height(study, group, data) : 380);

symscan.plural = (count, one, many) => `${count} ${count === 1 ? one : many || one + 's'}`;

// ---- how far a run is ----

// Replicas that are not needed are skipped, not missing.
symscan.unfinished = (data) => data.done !== null && data.done + data.failed < data.replicas - data.skipped;

// "36", or "at most 36" where the number of seeds is found while training.
symscan.wanted = (count, data) => (symscan.unfinished(data) && data.settings.seeds === 'auto' ? 'at most ' : '') + symscan.grouped(count);

// Whether trainings of this study are still to come.
symscan.begun = (study, data) => symscan.unfinished(data) && study.done !== null && study.replicas !== null &&
    study.done + study.failed < study.replicas;

// "6 of at most 36 replicas are finished"
symscan.progressText = (done, wanted, data) => `${symscan.grouped(done)} of ${symscan.wanted(wanted, data)} ${
    wanted === 1 ? 'replica' : 'replicas'} ${done === 1 ? 'is' : 'are'} finished`;

// "All 6 replicas of this study failed", or '' where not all did.
symscan.allFailedText = function(done, failed, wanted, of = '') {
  if (done || !failed || failed < wanted) return '';
  return failed === 1 ? `The only replica${of} failed` : `All ${symscan.grouped(failed)} replicas${of} failed`;
};

// Names of columns in figures and tables: always that column, never a number or a formula.
symscan.columnText = (name, study) => symscan.math.column(name, study.columns);
symscan.columnName = (study, i) => symscan.columnText(study.columns[i], study);

// Whose relevances are shown.
symscan.bestReplicas = function(group) {
  const done = group.done ?? group.trainings - group.failed;
  if (group.nearLowest === done) return done > 1 ? symscan.plural(done, 'replica') : 'one replica';
  return `${group.nearLowest} of ${
      symscan.plural(done, 'replica')}, those with a loss within 2 % of the lowest`;
};

// The optimum of the linear VAE for every measure follows from its KL alone: tau / lambda = exp(-2 KL).
symscan.prediction = function(group, measure) {
  return group.theory_kl.map((kl) => {
    if (kl === null) return null;
    const ratio = Math.exp(-2 * Math.max(kl, 0));
    if (measure === 'kl') return kl;
    if (measure === 'activity') return 1 - ratio;
    if (measure === 'posterior_variance') return ratio;
    // The error of the principal component, from tau^2 / lambda to lambda, with the weight beta / (2 tau).
    if (measure === 'ablation')
      return group.beta !== null ? group.beta * Math.sinh(2 * Math.max(kl, 0)) : null;
    return measure === 'jacobian' && group.tau !== null ? group.tau * (1 - ratio) : null;
  });
};

// How many latents are active in the group as a whole.
symscan.activeLatents = function(group, threshold) {
  if (group.measures.kl) return group.measures.kl.mean.filter((x) => x > threshold).length;
  return Math.round(group.active.mean ?? 0);
};

// By its own KL where that is known: latents ranked by another measure need not fall in KL.
symscan.isActive = function(group, rank, threshold) {
  const kl = group.measures.kl;
  return kl ? kl.mean[rank] > threshold : rank < symscan.activeLatents(group, threshold);
};

symscan.trained = (group) => Object.keys(group.measures).length > 0;

symscan.totalKl = function(group) {
  if (group.kl.mean !== null) return group.kl;
  const mean = group.measures.kl ? group.measures.kl.mean.reduce((sum, x) => sum + (x ?? 0), 0) : null;
  return {mean, std: null};
};

symscan.distinct = (values) => [...new Set(values.filter((x) => x !== null))].sort((a, b) => a - b);

// The group to open with: one whose activations are stored, else one that trained at all.
symscan.firstGroup = function(study) {
  return study.groups.find((g) => g.id === study.firstGroup) || study.groups.find((g) => g.representative) ||
      study.groups.find(symscan.trained) || study.groups[0] || null;
};

// "sum", "half_sum" or "mean"; where the settings do not say, the ratio of tau to beta does.
symscan.lossKind = function(data) {
  const kind = data.settings.loss && data.settings.loss.kind;
  if (typeof kind === 'string') return kind;
  for (const study of data.studies) {
    for (const group of study.groups) {
      if (!(group.beta > 0) || !(group.tau > 0)) continue;
      const ratio = group.tau / group.beta;
      return Math.abs(ratio - 0.5) < 1e-6 ? 'sum' : Math.abs(ratio - 1) < 1e-6 ? 'half_sum' : 'mean';
    }
  }
  return null;
};
