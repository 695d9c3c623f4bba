// The first screen: what the data obey, one row and one picture per data set, and how far the run is.
'use strict';
{
  const {element} = symscan;
  const NAMES = 2, EQUATIONS = 6, PICTURES = 24;

  const said = (text, study) => symscan.math.html(text, study.columns);
  const lines = (texts, study) => texts.map((text) => element('div', {class: 'entry'}, ...said(text, study)));
  const note = (text) => element('div', {class: 'aside'}, text);

  // The first few, and how many more there are.
  function few(texts, count, study) {
    const shown = texts.length === count + 1 ? texts : texts.slice(0, count);
    const left = texts.length - shown.length;
    const href = `#${study.key}-symmetry`;
    return [...lines(shown, study), left ? element('div', {class: 'aside'}, element('a', {href}, `and ${left} more`)) : null];
  }

  // A number is set large, words are not.
  function degrees(study, answer) {
    const plain = /^\d+$/.test(answer.degrees);
    return [element('div', {class: plain ? 'degrees' : 'entry strong'}, answer.degrees || '–')];
  }

  const ofManifold = (study, answer) => [element('div', {class: 'entry strong'}, ...symscan.math.html(answer.set || '–'))];

  // Whether the budget of the analysis did not afford the search.
  const finiteLeftOut = (study) => !!study.analysis && study.analysis.leftOut.includes('finite maps');

  function distribution(study, answer) {
    return [
      answer.distribution ? element('div', {class: 'entry strong'}, ...symscan.math.html(answer.distribution)) : '–',
      ...few(answer.kept, NAMES, study),
      element(
          'div', {class: 'aside'}, 'finite group: ',
          ...symscan.math.html(answer.finite || (finiteLeftOut(study) ? 'left out' : 'not looked for')))
    ];
  }

  function broken(study, answer) {
    if (!answer.broken.length && !answer.undecided.length) return said(answer.not_broken || '–', study);
    return [
      ...few(answer.broken, NAMES, study),
      answer.undecided.length ? note('undecided:') : null,
      ...few(answer.undecided, NAMES, study)
    ];
  }

  function constraints(study, answer) {
    const leftOut = study.analysis ? study.analysis.leftOut.filter((part) => /relations|laws with|products|reciprocals/.test(part)) : [];
    const none = answer.no_constraints || (leftOut.length ? 'none found; not all were looked for' : 'none found');
    return [
      ...(answer.constraints.length || answer.approximate.length ? [] : lines([none], study)),
      ...few(answer.constraints, EQUATIONS, study), answer.approximate.length ? note('approximately:') : null,
      ...few(answer.approximate, NAMES, study),
      answer.constraints_note ? element('div', {class: 'aside'}, ...said(answer.constraints_note, study)) : null
    ];
  }

  function laws(study, answer) {
    if (answer.laws === null) return ['–'];
    const how = `constant along each trajectory${answer.laws_note ? `, ${answer.laws_note}` : ''}:`;
    return [String(answer.laws), answer.law_equations.length ? note(how) : null, ...few(answer.law_equations, NAMES, study)];
  }

  function trainings(study, answer, data) {
    const word = answer && answer.converged !== null ? answer.converged ? 'yes' : 'no' : '–';
    return [
      element('div', {class: word === 'no' ? 'entry strong' : 'entry'}, word),
      answer && answer.convergence ? note(answer.convergence) : null,
      symscan.begun(study, data) ? note(symscan.progressText(study.done, study.replicas, data)) : null
    ];
  }

  const COLUMNS = [
    {label: 'Degrees of freedom', of: degrees},
    {label: 'Symmetry of the manifold', of: ofManifold},
    {label: 'Symmetry of the distribution', of: distribution},
    {label: 'Broken by the distribution', of: broken},
    {label: 'Constraints', of: constraints},
    {
      label: 'Laws',
      of: laws,
      when: (data) => data.studies.some((s) => s.answer && s.answer.laws !== null)
    },
    {label: 'How sure', of: (study, a) => (a.confidence ? lines(a.confidence.split('; '), study) : ['–'])},
    {label: 'Converged', of: trainings},
  ];

  // Why there is no answer; what is not measured is not shown as a number.
  function silence(study, data) {
    if (symscan.begun(study, data) && !study.done)
      return `None of ${symscan.wanted(study.replicas, data)} replicas of this data set is finished yet.`;
    const failed = symscan.allFailedText(study.done, study.failed, study.replicas ?? study.totals.trainings, ' of this data set');
    if (failed) return `${failed}.`;
    const group = symscan.firstGroup(study);
    if (!group || !symscan.trained(group)) return 'Nothing is trained on this data set yet.';
    if (study.analysis) return 'See the section of this data set.';
    const active = group.active.mean;
    return 'Not analysed: run symscan analyze on this run.' +
        (active !== null ? ` Active latents of ${group.label}: ${symscan.short(active)}.` : '');
  }

  function row(study, columns, data) {
    const facts = [
      study.rows === null ? null : `${symscan.grouped(study.rows)} events`,
      study.columns.length ? symscan.plural(study.columns.length, 'feature') : null
    ].filter(Boolean);
    const head = element(
        'th', {scope: 'row', role: 'rowheader'}, element('a', {href: `#${study.key}`}, study.dataset),
        ...facts.map(note));
    const cell = (label, content, attributes = {}) => element(
        'td', {role: 'cell', 'data-label': label, ...attributes},
        element('div', {class: 'content'}, ...content.filter(Boolean)));
    if (!study.answer)
      return element(
          'tr', {role: 'row', class: 'silent'}, head,
          cell('What it obeys', [silence(study, data)], {colspan: columns.length - 1}),
          cell('Converged', trainings(study, null, data)));
    return element('tr', {role: 'row'}, head, ...columns.map((c) => cell(c.label, c.of(study, study.answer, data))));
  }

  function table(data) {
    const columns = COLUMNS.filter((c) => !c.when || c.when(data));
    const head = ['Data set', ...columns.map((c) => c.label)].map(
        (label) => element('th', {scope: 'col', role: 'columnheader'}, label));
    return element(
        'table', {class: data.studies.length === 1 ? 'answers stacked' : 'answers', role: 'table'},
        element('caption', {}, 'What each data set obeys: found in the data and in the trained models'),
        element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, ...head)),
        element('tbody', {role: 'rowgroup'}, ...data.studies.map((study) => row(study, columns, data))));
  }

  // How far the run is, on top of everything that rests on it.
  function banner(data) {
    const {done, failed} = data, wanted = data.replicas - data.skipped;
    const unfinished = symscan.unfinished(data), all = symscan.allFailedText(done, failed, wanted);
    if (!unfinished && !failed) return null;
    const count = symscan.grouped, analysed = data.studies.some((s) => s.answer);
    const text = unfinished ?
        `${symscan.progressText(done, wanted, data)}${failed ? `; ${count(failed)} failed` : ''}. ` +
            (done ? 'What is said of the models rests on these alone, and may change when the others are trained.' :
                    'Of the models nothing can be said yet.') :
        all ? `${all}${analysed ? '; what follows rests on the rows alone' : ''}.` :
              `${count(failed)} of ${count(wanted)} replicas failed; what is said of the models is of the others.`;
    return element(
        'p', {class: 'callout warning unfinished'}, element('strong', {}, unfinished ? 'Not finished. ' : 'Failures. '),
        text, data.failures.length ? ' ' : null,
        data.failures.length ? element('a', {href: '#failures'}, 'Why replicas failed') : null);
  }

  // "so(2)", or nothing where there is no algebra to name.
  const algebraOf = (text) => (/^(|none|undecided|unclear|fills its span)$/.test(text) ? '' : text.split(', as far as')[0]);

  function picture(study, make) {
    const card = make({...symscan.answerFigure, title: symscan.math.name(study.dataset), level: 3}, study);
    const heading = card.root.querySelector('h3');
    heading.replaceChildren(element('a', {href: `#${study.key}`}, study.dataset));
    const {answer} = study;
    if (answer && answer.degrees) {
      const kept = algebraOf(answer.distribution), ofSet = algebraOf(answer.set);
      const parts = [
        /\d/.test(answer.degrees) ?
            `${answer.degrees} degree${/(^|least |most )1$/.test(answer.degrees) ? '' : 's'} of freedom` :
            `degrees of freedom: ${answer.degrees}`,
        kept ? `the distribution keeps ${kept}` : ofSet ? `set: ${ofSet}` : null
      ];
      heading.after(element(
          'span', {class: 'badge'}, ...parts.filter(Boolean).flatMap((p, i) => [i ? ' · ' : '', ...said(p, study)])));
    }
    return card;
  }

  // Into `body`; `make` turns a figure and a study into a card. Returns the cards, to be watched.
  symscan.fillOverview = function(body, data, make) {
    const unfinished = banner(data);
    if (unfinished) body.append(unfinished);
    if (!data.studies.length) return [];
    const cards = data.studies.slice(0, PICTURES).map((study) => picture(study, make));
    const pictures = element('div', {class: 'pictures'}, ...cards.map((c) => c.root));
    const answers = element('div', {class: 'card answers-card'}, table(data));
    const single = data.studies.length === 1 ? ' single' : '';
    body.append(element('div', {class: `overview${single}`}, answers, pictures));
    if (data.studies.length > PICTURES)
      body.append(element('p', {}, `The first ${PICTURES} data sets are pictured here; every data set has its own section.`));
    const more = data.datasets - data.studies.length;
    if (more > 0)
      body.append(element(
          'p', {class: 'callout note'},
          `${symscan.grouped(more)} more ${more === 1 ? 'data set' : 'data sets'}: summary.json has them all.`));
    return cards;
  };
}
