// Text and tables: everything that the figures say, for readers who do not see them.
'use strict';
{
  // element("td", {class: "number"}, "text", child, ...): text is always text, never markup.
  symscan.element = function(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith('on'))
        node.addEventListener(key.slice(2), value);
      else
        node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const element = symscan.element;

  // Text with its formulas typeset; `study` has the names of columns.
  const typeset = (text, study) => symscan.math.html(String(text), study && study.columns);
  const textCell = (text, study) => element('td', {}, ...typeset(text, study));

  // On narrow screens the rows of a table with `stack` become blocks, each cell behind the name of its column.
  function table(caption, head, rows, {stack = true} = {}) {
    for (const line of rows)
      Array.from(line.children).forEach((node, i) => head[i] && node.setAttribute('data-label', symscan.math.source(head[i].label)));
    return element(
        'div', {class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': symscan.math.plain(caption)},
        element(
            'table', {class: stack ? 'stack' : null}, element('caption', {}, ...typeset(caption)),
            element(
                'thead', {},
                element(
                    'tr', {},
                    ...head.map(
                        (h) => element('th', {scope: 'col', class: h.number ? 'number' : null}, ...typeset(h.label))))),
            element('tbody', {}, ...rows)));
  }

  const number = (text) => element('td', {class: 'number'}, ...typeset(text));
  const heading = (...children) => element('th', {scope: 'row'}, ...children);
  const cell = (...children) => element('td', {}, ...children);
  const row = (name, ...cells) => element('tr', {}, heading(...typeset(name)), ...cells);
  // Rows whose names may hold columns of a study.
  const rowOf = (study) => (name, ...cells) => element('tr', {}, heading(...typeset(name, study)), ...cells);
  const numeric = (label) => ({label, number: true});
  Object.assign(symscan, {table, cell, row, rowOf, numeric, typeset, textCell, numberCell: number, rowHeading: heading});

  symscan.relevanceTable = function(group, data) {
    const keys = Object.keys(group.measures);
    if (!keys.length) return element('p', {class: 'empty'}, 'No replica of this group finished training.');
    const count = Math.max(...keys.map((key) => group.measures[key].mean.length));
    const several = group.nearLowest > 1;
    const active = (rank) => symscan.isActive(group, rank, data.threshold);
    const predicted = group.theory_kl.some((x) => x !== null);
    const head = [
      {label: 'Latent'},
      ...keys.map(
          (key) => ({label: symscan.MEASURES[key].name + (key === 'kl' ? ' (nats)' : ''), number: true}))
    ];
    if (group.share.length) head.push({label: 'Share', number: true});
    if (predicted) head.push({label: 'Linear prediction, KL (nats)', number: true});
    const rows = Array.from({length: count}, (_, i) => {
      const cells = keys.map((key) => {
        const {mean, std} = group.measures[key];
        return number(symscan.plusMinus(mean[i] ?? null, several ? std[i] : null));
      });
      if (group.share.length)
        cells.push(number(
            group.share[i] === null || group.share[i] === undefined ?
                '–' :
                `${(100 * group.share[i]).toFixed(1)} %`));
      if (predicted) cells.push(number(symscan.format(group.theory_kl[i] ?? null)));
      return element(
          'tr', {class: active(i) ? null : 'inactive'},
          heading(`${i + 1}${active(i) ? '' : ' (not active)'}`), ...cells);
    });
    return table(
        `Relevance of every latent, ${group.label}${
            several ? ': mean ± standard deviation over ' : ': '}${symscan.bestReplicas(group)}`,
        head, rows, {stack: false});
  };

  // Where trainings end: the lowest loss of each beta first, the local optima after it.
  symscan.optimaTable = function(study, choose) {
    const head = [
      {label: 'Training of the lowest loss'}, {label: 'β', number: true}, {label: 'Loss', number: true},
      {label: 'Relevances (nats)'}, {label: 'Relevant latents', number: true},
      {label: 'Effective number', number: true}, {label: 'Trainings', number: true},
      {label: 'latent_dim of these'}
    ];
    const kinds = symscan.distinct(study.optima.map((o) => o.kind)).length;
    const rows = study.optima.map((o) => {
      const group = study.groups.find((g) => g.id === o.group);
      const list = o.relevances.slice(0, 6).map((x) => symscan.format(x)).join(', ') +
          (o.relevances.length > 6 ? ', …' : '');
      const name = group ?
          element('button', {type: 'button', class: 'link', onclick: () => choose(group)}, ...typeset(group.label)) :
          '–';
      return element(
          'tr', {}, heading(name), number(symscan.short(o.beta)), number(`${symscan.format(o.loss)}${kinds > 1 ? ` (${o.kind})` : ''}`),
          element('td', {}, spark(o.relevances.map((x) => x ?? 0)), ' ', ...typeset(list)), number(String(o.relevant)),
          number(o.effective === null ? '–' : o.effective.toFixed(1)), number(`${o.trainings} of ${o.of}`),
          textCell(o.latent_dims.join(', ')));
    });
    return table(
        'Where the trainings ended. The lowest loss of each β is the answer; what follows it are local ' +
            'optima, or models with too few latents. At most four classes of each β; summary.json has more',
        head, rows);
  };

  // Counts: 2 rather than 2.00, and a spread only where the replicas disagree.
  function activeText(group) {
    if (!symscan.trained(group)) return '–';
    return group.active.std > 0 ? symscan.plusMinus(group.active.mean, group.active.std) :
                                  symscan.short(group.active.mean);
  }

  symscan.groupTable = function(study, choose) {
    const head = [
      {label: 'Group'}, {label: 'τ', number: true}, {label: 'Replicas', number: true},
      {label: 'Active latents', number: true}, {label: 'Total KL (nats)', number: true},
      {label: 'Squared error', number: true}, {label: 'Loss', number: true}
    ];
    const rows = study.groups.map((group) => {
      const kl = symscan.totalKl(group);
      const pm = (s) => number(symscan.plusMinus(s.mean, s.std));
      const replicas = `${group.trainings}${group.failed ? ` (${group.failed} failed)` : ''}`;
      return element(
          'tr', {},
          heading(
              element('button', {type: 'button', class: 'link', onclick: () => choose(group)}, ...typeset(group.label))),
          number(symscan.short(group.tau)), number(replicas), number(activeText(group)), pm(kl),
          pm(group.reconstruction), pm(group.loss));
    });
    return table('All groups of this study; choose one to see its figures. Active latents: of the replicas with a loss ' +
            'within 2 % of the lowest; losses: of all', head, rows);
  };

  // Relevances as a row of small bars; the same numbers stand beside them.
  function spark(values) {
    const top = Math.max(...values, 1e-9);
    return element(
        'span', {class: 'spark', 'aria-hidden': 'true'},
        ...values.slice(0, 12).map(
            (x) =>
                element('span', {style: `height:${Math.max(4, (100 * Math.max(x, 0)) / top).toFixed(0)}%`})));
  }

  // Each value of a setting that varies, with what its groups show: for runs with more groups than a page.
  symscan.aggregateTable = function(study, setting) {
    const head = [
      {label: setting}, numeric('Groups'), numeric('Trainings'), numeric('Failed'),
      numeric('Active latents'), numeric('Total KL (nats)'), numeric('Squared error'), numeric('Loss'),
      numeric('Lowest loss')
    ];
    const count = (value) => number(symscan.grouped(value));
    const pm = (s) => number(symscan.plusMinus(s.mean, s.std));
    const rows = study.aggregates.filter((line) => line.setting === setting)
                     .map(
                         (line) => row(
                             line.value, count(line.groups), count(line.trainings), count(line.failed),
                             pm(line.active), pm(line.kl), pm(line.reconstruction), pm(line.loss),
                             number(symscan.format(line.lowest))));
    return table(
        `All groups by ${setting}: mean ± standard deviation over the groups of each line`, head, rows);
  };

  symscan.failureTable = function(failures) {
    const rows = failures.map(
        (f) => element('tr', {}, heading(String(f.replica)), element('td', {}, String(f.message))));
    return table('Replicas that did not finish, and why', [{label: 'Replica'}, {label: 'Reason'}], rows);
  };

  // {"train": {"epochs": 30}} becomes one small table per section, with dotted keys below that.
  function flatten(value, prefix, rows) {
    for (const [key, entry] of Object.entries(value)) {
      const path = prefix ? `${prefix}.${key}` : key;
      if (entry && typeof entry === 'object' && !Array.isArray(entry) && Object.keys(entry).length)
        flatten(entry, path, rows);
      else
        rows.push([path, typeof entry === 'string' ? entry : JSON.stringify(entry)]);
    }
    return rows;
  }

  // `defaults`: dotted paths of the settings that nobody gave.
  symscan.settingsTables = function(settings, defaults) {
    const isSection = (value) => value && typeof value === 'object' && !Array.isArray(value);
    const entries = Object.entries(settings).flatMap(
        ([name, value]) => Array.isArray(value) && value.length && value.every(isSection) ?
            value.map((part, i) => [`${name}.${i}`, part]) :
            [[name, value]]);
    const top = Object.fromEntries(entries.filter(([, value]) => !isSection(value)));
    const sections = entries.filter(([, value]) => isSection(value));
    if (Object.keys(top).length) sections.unshift(['general', top]);
    const left = new Set(defaults);
    const line = (section, [key, text]) => {
      const path = section === 'general' && key in top ? key : `${section}.${key}`;
      return element(
          'tr', {}, heading(element('code', {}, key)),
          element(
              'td', {}, element('code', {}, text),
              left.has(path) ? element('span', {class: 'default'}, 'default') : null));
    };
    return sections.map(
        ([name, value]) => element(
            'div', {class: 'settings'},
            element(
                'table', {}, element('caption', {}, name),
                element('tbody', {}, ...flatten(value, '', []).map((entry) => line(name, entry))))));
  };
}
