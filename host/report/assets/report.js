// Builds the page: a heading and a summary per study, a chooser of groups, one card per figure.
'use strict';
{
  const element = symscan.element;
  const byId = (id) => document.getElementById(id);

  const allFailed = (study) =>
      symscan.allFailedText(study.done, study.failed, study.replicas ?? study.totals.trainings, ' of this study');

  // How far the run of this study is; null where all is done or nothing is known of it.
  function progress(study, data) {
    if (allFailed(study)) return `${allFailed(study)}${study.analysis ? '; what follows rests on the rows alone' : ''}.`;
    if (!symscan.begun(study, data)) return study.groups.some(symscan.trained) ? null : 'No replica of this study is trained yet.';
    if (!study.done) return `None of ${symscan.wanted(study.replicas, data)} replicas is finished yet.`;
    return `${symscan.progressText(study.done, study.replicas, data)}; what is said of the models rests on these alone.`;
  }

  function callouts(study, data) {
    const list = [];
    const unfinished = progress(study, data);
    if (unfinished) list.push(['warning', unfinished]);
    if (study.constant.length) {
      const names = study.constant.map((name) => symscan.columnText(name, study)).join(', ');
      list.push([
        'warning',
        `${study.constant.length === 1 ? 'Constant feature' : 'Constant features'}: ${names}. ` +
            'A feature that does not vary is not stretched to unit variance, and it carries no relevance.'
      ]);
    }
    const failed = study.totals.failed;
    if (failed && !allFailed(study))
      list.push([
        'warning',
        `${symscan.plural(failed, 'replica')} of this study failed and ${
            failed === 1 ? 'is' : 'are'} not counted in means and spreads.`
      ]);
    for (const note of study.notes) list.push(['note', note]);
    return list.map(
        ([kind, text]) => element(
            'p', {class: `callout ${kind}`},
            element('strong', {}, kind === 'warning' ? 'Warning. ' : 'Note. '),
            ...symscan.math.html(text, study.columns)));
  }

  function groupsShown(study) {
    const shown = study.groups.length, all = study.totals.groups;
    return shown === all ? `All ${all} groups` : `${shown} of ${symscan.grouped(all)} groups`;
  }

  // Of a run with more groups than a page shows: what all of them have in common, by setting.
  function aggregates(study) {
    const settings = [...new Set(study.aggregates.map((line) => line.setting))];
    if (!settings.length) return null;
    return element(
        'div', {class: 'card wide', id: `${study.key}-aggregates`}, element('h4', {}, 'All groups'),
        element(
            'p', {},
            `This study has ${symscan.grouped(study.totals.groups)} groups. The tables sum up all of ` +
                `them; figures and the list of groups show ${study.groups.length}, spread over the sweep. ` +
                'replicas.csv in the run directory has every replica.'),
        ...settings.map((setting) => symscan.aggregateTable(study, setting)));
  }

  function facts(study) {
    const parts = [
      study.shape, study.rows === null ? null : `${symscan.grouped(study.rows)} events`,
      study.columns.length ?
          `${symscan.plural(study.columns.length, 'feature')}: ${study.columns.slice(0, 12).map((name) => symscan.columnText(name, study)).join(', ')}${
              study.columns.length > 12 ? ', …' : ''}` :
          null,
      study.preprocess ? `preprocessing: ${study.preprocess}` : null
    ];
    return element('p', {class: 'facts'}, ...symscan.math.html(parts.filter(Boolean).join(' · '), study.columns));
  }

  // Options show text without markup.
  const optionLabels = (labels) => symscan.shortLabels(labels.map(String), 60).map((label) => symscan.math.plain(label));

  function control(choice, state, onchange) {
    const id = `choice-${state.id}-${choice.key}`;
    if (choice.type === 'checkbox') {
      const box = element('input', {
        type: 'checkbox',
        id,
        onchange: (event) => {
          state.choice[choice.key] = event.target.checked;
          onchange();
        }
      });
      box.checked = !!state.choice[choice.key];
      return element('span', {class: 'control'}, box, element('label', { for: id
                     }, choice.label));
    }
    const select = element(
        'select', {
          id,
          onchange: (event) => {
            state.choice[choice.key] = choice.options[event.target.selectedIndex].value;
            onchange();
          }
        },
        ...optionLabels(choice.options.map((o) => o.label))
            .map((label, i) => element('option', {selected: choice.options[i].value === state.choice[choice.key]}, label)));
    return element('span', {class: 'control'}, element('label', { for: id
                   }, choice.label), select);
  }

  function makeCard(figure, study, group, data, remembered, choose) {
    const id = `${study.key}-${figure.id}`;
    const card =
        {id, figure, choice: remembered[figure.id] || {}, drawn: false, empty: false, visible: false};
    const choices =
        figure.choices(study, group, data).filter((c) => c.type === 'checkbox' || c.options.length > 1);
    const everything = figure.choices(study, group, data);
    card.choice = remembered[figure.id] = symscan.settle(everything, card.choice);
    const height = card.height = symscan.heightOf(figure, study, group, data);
    card.plot = element('div', {class: 'plot', id: `plot-${id}`, role: 'img', style: `height:${height}px`});
    card.caption = element('figcaption', {});
    card.message = element('div', {class: 'empty', hidden: true});
    // Choices that would change nothing, as things are chosen, are not offered.
    const offer = () => choices.forEach((c, i) => {
      controls[i].hidden = !!c.when && !c.when(card.choice);
    });
    const controls = choices.map((c) => control(c, card, () => {
      offer();
      symscan.refresh(card);
    }));
    offer();
    const save = element(
        'button', {type: 'button', class: 'save', 'aria-label': `Save ${symscan.math.source(figure.title)} as SVG`, title: 'Save this figure as SVG', onclick: () => symscan.saveFigure(card)}, 'SVG');
    card.controls = element('div', {class: 'controls'}, ...controls, save);
    card.root = element(
        'figure', {class: figure.wide ? 'card wide' : 'card', id, 'aria-labelledby': `title-${id}`},
        element('div', {class: 'card-head'}, element(`h${figure.level || study.level || 4}`, {id: `title-${id}`}, ...symscan.math.html(figure.title, study.columns)), card.controls),
        card.plot, card.message, card.caption);
    card.build = () => figure.build(study, group, card.choice, data);
    card.show = function(built) {
      card.plot.hidden = !!built.empty;
      card.plot.classList.toggle('plot', !built.empty);
      card.message.hidden = !built.empty;
      card.controls.hidden = !!built.empty;
      card.message.replaceChildren();
      if (built.empty) {
        card.caption.textContent = '';
        card.message.append(element('p', {}, built.empty), ...offers(study, built.needs, choose));
        return;
      }
      card.caption.replaceChildren(...symscan.math.html(built.caption, study.columns));
      card.plot.setAttribute('aria-label', symscan.math.plain(built.text, study.columns));
    };
    return card;
  }

  // The groups that do have what a figure needs.
  function offers(study, needs, choose) {
    if (needs !== 'representative') return [];
    const groups = study.groups.filter((g) => g.representative);
    if (!groups.length) return [];
    return [element(
        'p', {}, 'Stored for: ',
        ...groups.slice(0, 6).flatMap(
            (g, i) =>
                [i ? ', ' : '',
                 element('button', {type: 'button', class: 'link', onclick: () => choose(g)}, ...symscan.math.html(g.label))]),
        groups.length > 6 ? ', …' : '.')];
  }

  // The cards of the chosen group, in the places that `parts` has for them.
  function groupCards(study, group, data, make, parts) {
    const applies = (f) => !f.applies || f.applies(study, group, data);
    const trained = symscan.trained(group);
    const of = (figures) => figures.filter(applies).map(make);
    const figures = trained ? symscan.FIGURES : [];
    const placed = [
      [parts.paper, trained ? of(symscan.PAPER || []) : []], [parts.scans, of(symscan.SCANS)],
      [parts.grid, of(figures.filter((f) => f.part !== 'training'))],
      [parts.training, of(figures.filter((f) => f.part === 'training'))]
    ];
    for (const [place, cards] of placed) {
      // An odd card would leave a hole beside it.
      const narrow = cards.filter((c) => !c.figure.wide);
      if (place !== parts.scans && narrow.length % 2) narrow[narrow.length - 1].root.classList.add('wide');
      place.replaceChildren(...cards.map((c) => c.root));
    }
    parts.paperTitle.hidden = !parts.paper.children.length;
    return placed.flatMap(([, cards]) => cards);
  }

  function fillNumbers(study, group, data, parts) {
    parts.numbers.replaceChildren(symscan.relevanceTable(group, data));
    const latents = symscan.followsTable(study, group, data);
    parts.follows.hidden = !latents;
    parts.follows.replaceChildren(element('h4', {}, 'What each latent follows'), ...(latents ? [latents] : []));
    parts.facts.replaceChildren(...symscan.math.html(groupSentence(group)));
  }

  // Heading, facts, warnings; what the data obey comes before what the models are.
  function studyHead(study, data) {
    const answered = study.answer && study.answer.sentences.length && !study.analysis;
    return [
      element('h2', {id: `${study.key}-title`}, study.dataset),
      study.description ? element('p', {class: 'description'}, ...symscan.math.html(study.description, study.columns)) : null,
      facts(study), ...callouts(study, data),
      answered ? element('div', {class: 'summary'}, ...symscan.paragraphs(study.answer.sentences, study.columns)) : null
    ];
  }

  const partTitle = (study, part, title) => element('h3', {id: `${study.key}-${part}`, class: 'part-title'}, title);

  function groupBar(study, select, words) {
    const label = study.groups.length > 1 ? [element('label', { for: select.id
                                                     }, 'Group'), select] : [];
    return element('div', {class: 'group-bar'}, ...label, words);
  }

  // The parts on latents and training: sentences, optima, scans, then the chosen group.
  function appendModels(section, study, parts, select, show) {
    const several = study.groups.length > 1;
    section.append(
        parts.paperTitle, parts.paper, partTitle(study, 'latents', 'Latents'), symscan.summaryNode(study) || '',
        study.optima.length > 1 ?
            element(
                'div', {class: 'card wide', id: `${study.key}-optima`}, element('h4', {}, 'Optima'),
                symscan.optimaTable(study, show)) :
            '',
        parts.scans, groupBar(study, select, parts.facts), parts.grid,
        element('div', {class: 'card wide'}, element('h4', {}, 'Relevances in numbers'), parts.numbers), parts.follows,
        partTitle(study, 'training', 'Training'), parts.training, aggregates(study) || '',
        several ? element(
                      'details', {class: 'card wide', open: study.groups.length <= 8},
                      element('summary', {}, groupsShown(study)), symscan.groupTable(study, show)) :
                  '');
  }

  function buildStudy(study, data) {
    const chosen = {group: symscan.firstGroup(study)};
    const remembered = {};
    let cards = [];
    const grid = () => element('div', {class: 'grid'});
    const parts = {
      paperTitle: partTitle(study, 'paper', 'Figures of the paper'),
      paper: grid(),
      scans: grid(),
      grid: grid(),
      training: grid(),
      numbers: element('div', {}),
      follows: element('div', {class: 'card wide', id: `${study.key}-follows`}),
      facts: element('p', {class: 'facts', 'aria-live': 'polite'}),
    };
    const select = element(
        'select',
        {id: `${study.key}-group`, onchange: (event) => choose(study.groups[event.target.selectedIndex])},
        ...optionLabels(study.groups.map((g) => g.label)).map((label) => element('option', {}, label)));

    function fill() {
      const group = chosen.group;
      cards.forEach(symscan.forget);
      cards = groupCards(study, group, data, (f) => makeCard(f, study, group, data, remembered, choose), parts);
      fillNumbers(study, group, data, parts);
      select.selectedIndex = study.groups.indexOf(group);
      cards.forEach(symscan.watch);
    }
    function choose(group) {
      if (group === chosen.group) return;
      chosen.group = group;
      fill();
    }
    const show = (group) => {
      choose(group);
      select.scrollIntoView({block: 'center'});
      select.focus({preventScroll: true});
    };

    const section = element(
        'section', {id: study.key, class: 'study', 'aria-labelledby': `${study.key}-title`}, ...studyHead(study, data));
    const symmetry =
        symscan.symmetrySection(study, (f) => makeCard(f, study, null, data, remembered, choose));
    if (symmetry) section.append(symmetry.node);
    if (chosen.group) appendModels(section, study, parts, select, show);
    const start = () => {
      if (symmetry) symmetry.cards.forEach(symscan.watch);
      if (chosen.group) fill();
    };
    return {section, start};
  }

  // What the data obey, and how far the run is.
  function buildOverview(data) {
    byId('overview').hidden = false;
    return symscan.fillOverview(
        byId('overview-body'), data, (figure, study) => makeCard(figure, study, null, data, {}, null));
  }

  // The figures of the paper that set data sets side by side.
  function buildPaper(data) {
    const figures = symscan.PAPER_ACROSS.filter((f) => f.applies(null, null, data));
    if (!figures.length) return;
    byId('paper').hidden = false;
    const cards = figures.map((f) => makeCard(f, {key: 'paper', groups: [], level: 3}, null, data, {}, null));
    byId('paper-body').append(...cards.map((c) => c.root));
    cards.forEach(symscan.watch);
  }

  // Datasets that differ in one setting, which breaks a symmetry: one figure for each such scan.
  function buildBreaking(data) {
    if (!data.breakingCurves.length) return;
    byId('breaking').hidden = false;
    const cards = data.breakingCurves.map((curve, i) => {
      const figure = symscan.breakingFigure(curve, `curve-${i + 1}`);
      return makeCard(figure, {key: 'breaking', groups: [], level: 3}, null, data, {}, null);
    });
    byId('breaking-body').append(...cards.map((c) => c.root));
    cards.forEach(symscan.watch);
  }

  function groupSentence(group) {
    const hidden = group.hidden.length ? `hidden layers ${group.hidden.join('-')}` : 'no hidden layer';
    const parts = [
      group.latent_dim !== null ? `latent_dim ${group.latent_dim}` : null,
      group.beta !== null ? `β ${symscan.short(group.beta)}` : null,
      group.tau !== null ? `τ ${symscan.short(group.tau)}` : null, hidden, group.activation,
      `${symscan.plural(group.trainings, 'replica')}${group.failed ? `, ${group.failed} failed` : ''}`
    ];
    return parts.filter(Boolean).join(' · ');
  }

  function build() {
    const data = symscan.read();
    symscan.masthead(data);
    symscan.contents(data);
    symscan.lossInUse(data);
    const overview = buildOverview(data);
    if (!data.studies.length)
      byId('studies').append(element(
          'p', {class: 'callout warning'},
          'This sweep has no results yet: train it, then write the report again.'));
    const built = data.studies.map((study) => buildStudy(study, data));
    byId('studies').append(...built.map((b) => b.section));
    if (data.failures.length) {
      byId('failures').hidden = false;
      byId('failures-body').append(symscan.failureTable(data.failures));
      if (data.failed > data.failures.length)
        byId('failures-body')
            .append(element(
                'p', {}, `${data.failed - data.failures.length} more failed: replicas.csv has them all.`));
    }
    const tables = symscan.settingsTables(data.settings, data.defaults);
    byId('settings-body').append(...(tables.length ? tables : [element(
                                                                  'p', {}, 'No settings were stored.')]));
    overview.forEach(symscan.watch);
    buildPaper(data);
    built.forEach((b) => b.start());
    buildBreaking(data);
    document.documentElement.dataset.plots ??= '0/0';
    if (!document.querySelector('.plot')) document.documentElement.dataset.symscan = 'drawn';
    if (location.hash === '#draw-all')
      symscan.drawAll();
    else if (location.hash)
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }

  build();
}
