// The section of a study on its symmetry: sentences, tables, and the figures of symmetry.js and theory.js.
'use strict';
{
  const {element, cell, row, numeric, numberCell} = symscan;
  const GENERATORS_DRAWN = 10, FIELDS_DRAWN = 4;

  const yesNo = (value) => (value === null ? '–' : value ? 'yes' : 'no');
  const card = (id, title, ...children) =>
      ({wide: true, root: element('div', {class: 'card wide', id}, element('h4', {}, title), ...children)});

  // so(2)+so(3) is so(3) + so(2).
  const algebraKey = (text) => text.toLowerCase().split(/[+⊕]/).map((x) => x.trim()).sort().join('+');

  function localDimension(analysis) {
    if (!analysis.local) return null;
    const {value, from, to} = analysis.local;
    const betas = from < to ? ` (beta ${symscan.short(from)} to ${symscan.short(to)})` :
        from > 0            ? ` (beta ${symscan.short(from)})` :
                              '';
    return `local dimension ${symscan.format(value)}${betas}`;
  }

  function densityFound(symmetry) {
    if (!symmetry) return '–';
    const tested = symmetry.generators.filter((g) => g.density);
    if (!tested.length) return '–';
    const kept = tested.filter((g) => g.density.verdict === 'invariant').map((g) => g.name);
    const open = tested.filter((g) => g.density.verdict === 'undecided').map((g) => g.name);
    return `${kept.length ? kept.join('; ') : 'none'}${open.length ? `; undecided: ${open.join('; ')}` : ''}`;
  }

  // What is known of a built-in dataset, beside what was found. Agreement is said only where both are numbers
  // or both name an algebra.
  function truthTable(analysis) {
    const {truth, symmetry, constraints} = analysis;
    const group = symscan.analysedGroup(analysis);
    const local = localDimension(analysis);
    const neighbours = analysis.neighbours ? analysis.neighbours.estimates : [];
    const intrinsic = [
      local, ...neighbours.map((e) => `${e.name} ${symscan.plusMinus(e.value, e.error)}`)
    ].filter(Boolean);
    const close = (found, expected) =>
        found === null || found === undefined || expected === null ? null : Math.round(found) === expected;
    const between = (found, low, high) => found === null || high === null ?
        null :
        Math.round(found) >= low && Math.round(found) <= high;
    const rows = [];
    const add = (name, expected, found, agrees) => {
      if (expected !== null && expected !== '')
        rows.push(row(name, cell(String(expected)), cell(found || '–'), cell(yesNo(agrees))));
    };
    add('Intrinsic dimension (degrees of freedom)', truth.intrinsic, intrinsic.join('; '),
        close(analysis.dimension, truth.intrinsic));
    add('Active latents: from a torn map to a continuous one',
        truth.embedding === null || truth.intrinsic === null || truth.intrinsic === truth.embedding ?
            truth.embedding :
            `${truth.intrinsic} to ${truth.embedding}`,
        group && group.active.mean !== null ?
            `active latents ${symscan.short(group.active.mean)}${
                group.active.std > 0 ? ` ± ${symscan.format(group.active.std, 2)}` : ''}` :
                                       '',
        between(group ? group.active.mean : null, truth.intrinsic ?? truth.embedding, truth.embedding));
    const rotations = analysis.rotations || '';
    add('Rotations of the manifold', truth.symmetry, rotations,
        rotations ? algebraKey(rotations) === algebraKey(truth.symmetry) : null);
    add('Symmetry of the density', truth.density, densityFound(symmetry), null);
    const {discrete, trajectories} = analysis;
    add('Finite group of the density', truth.discrete, discrete ? discrete.group : '',
        discrete ? discrete.group === truth.discrete : null);
    add('Independent laws of the trajectories', truth.laws, trajectories ? String(trajectories.independent) : '',
        trajectories ? trajectories.independent === truth.laws : null);
    add('Constraints', truth.constraints.length ? truth.constraints.join('; ') : null,
        constraints.map((c) => c.equation).join('; '), null);
    const head = [{label: 'Quantity'}, {label: 'Known'}, {label: 'Found'}, {label: 'Agrees'}];
    return symscan.table('What is known of this dataset, and what was found without knowing it', head, rows);
  }

  function symmetryTable(symmetry) {
    const entries = [
      ['Lie algebra of the symmetries', symmetry.algebra || '–'],
      ['Generators found', symscan.short(symmetry.found)],
      ['Closure residual', symscan.format(symmetry.closure)],
      ['Read off', {constraints: 'exact constraints', neighbours: 'neighbours', 'approximate constraints': 'approximate constraints'}[symmetry.evidence] || '–'],
    ].filter(([, text]) => !text.startsWith('–'));
    return symscan.table(
        'Closure residual: part of the commutators that lies outside the generators found; 0 for an algebra',
        [{label: 'Quantity'}, numeric('Value')], entries.map(([name, text]) => row(name, numberCell(text))));
  }

  function generatorTable(symmetry) {
    const tested = symmetry.generators.some((g) => g.density);
    const head = [{label: 'Generator'}, {label: 'Kind'}, {label: 'Equation'}, numeric('Eigenvalue')];
    if (tested) head.push({label: 'Density'}, numeric('p-value'), numeric('Change of the distribution'));
    const rows = symmetry.generators.map((g) => {
      const d = g.density || {verdict: '–', p: null, effect: null, limit: null};
      const density =
          tested ? [cell(d.verdict), numberCell(symscan.format(d.p)), numberCell(changeText(d))] : [];
      return row(
          `${g.index + 1}: ${g.name}`, cell(g.kind), cell(element('code', {}, g.equation)),
          numberCell(symscan.format(g.eigenvalue)), ...density);
    });
    return symscan.table(
        'Generators of the symmetries of the set that the events fill' +
            (tested ? ', and whether the density of events has them too' : ''),
        head, rows);
  }

  // What is seen of a change, or the bound below which it lies.
  const changeText = (d) => d.limit === null ? '–' :
      d.p !== null && d.p < 0.01             ? symscan.format(d.effect) :
                                               `< ${symscan.format(d.limit)}`;

  function candidateTable(candidates) {
    const head = [
      {label: 'Transformation'}, {label: 'Kind'}, numeric('Motion off the surface'), numeric('p-value'),
      numeric('Change of the distribution'), {label: 'Verdict'}
    ];
    const rows = candidates.map(
        (c) =>
            row(element('code', {}, c.name),
                cell(
                    c.continuous === null ? '–' :
                        c.continuous      ? 'continuous' :
                                            'discrete'),
                numberCell(symscan.format(c.residual)), numberCell(symscan.format(c.p)),
                numberCell(changeText(c)), cell(c.verdict)));
    return symscan.table(
        'Transformations that were tested one by one. Motion off the surface: 0 for a symmetry of the surface. ' +
            'A small p-value says that the distribution of events changes. The change is the root of the Fisher ' +
            'information of the motion, with a bound of 95 % where none is seen.',
        head, rows);
  }

  function constraintTable(constraints) {
    const degree = (d) => ({1: 'linear', 2: 'quadratic'}[d] || (d === null ? '–' : `degree ${d}`));
    const rows = constraints.map(
        (c) =>
            row(element('code', {}, c.equation), cell(degree(c.degree)),
                cell(
                    c.exact === null ? '–' :
                        c.exact      ? 'exact' :
                                       'approximate'),
                numberCell(symscan.format(c.residual)),
                numberCell(`${symscan.format(c.width)}${c.width !== null && c.unit ? ` ${c.unit}` : ''}`)));
    return symscan.table(
        'Relations among the features. Residual: relative to the spread of the left side if nothing tied the features together. Width: half of the ' +
            'interval that holds the central 68 % of the events.',
        [
          {label: 'Relation'}, {label: 'Degree'}, {label: 'Holds'}, numeric('Relative residual'),
          numeric('Width')
        ],
        rows);
  }

  function dimensionTable(analysis) {
    const head = [
      {label: 'Group'}, numeric('Seeds'), numeric('Active latents'), numeric('Local dimension'),
      numeric('Normal directions'), numeric('Generators'), numeric('Gap')
    ];
    const pm = (s) => numberCell(symscan.plusMinus(s.mean, s.std));
    const rows = analysis.groups.map(
        (g) =>
            row(g.label, numberCell(symscan.short(g.seeds)), pm(g.active), pm(g.local),
                numberCell(symscan.format(g.normals)),
                numberCell(symscan.short(g.generators)), numberCell(symscan.format(g.gap))));
    return symscan.table(
        `Linear rank: ${symscan.short(analysis.rank)} principal components vary. Normal directions: how many of ` +
            'them lead off the surface. Gap: ratio of the first rejected to the last accepted generator eigenvalue.',
        head, rows);
  }

  function neighbourTable(neighbours) {
    const facts = [
      neighbours.points !== null ? `${neighbours.points.toLocaleString('en-US')} events` : '',
      neighbours.duplicates > 0 ? `${neighbours.duplicates.toLocaleString('en-US')} repeated ones removed` :
                                  ''
    ].filter(Boolean);
    return symscan.table(
        `Intrinsic dimension from distances between neighbouring events${
            facts.length ? ` (${facts.join(', ')})` : ''}`,
        [{label: 'Method'}, numeric('Intrinsic dimension')],
        neighbours.estimates.map((e) => row(e.name, numberCell(symscan.plusMinus(e.value, e.error)))));
  }

  const notes = (list) => list.map((text) => element('p', {class: 'callout'}, text));

  // A narrow card with nothing beside it would leave a hole.
  function fillRows(items) {
    let narrow = 0;
    items.forEach((item, i) => {
      narrow = item.wide ? 0 : narrow + 1;
      if (narrow % 2 === 1 && (i + 1 === items.length || items[i + 1].wide)) item.root.classList.add('wide');
    });
  }

  // {node, cards}; `make` turns a figure into a card of the page.
  symscan.symmetrySection = function(study, make) {
    const analysis = study.analysis;
    if (!analysis) return null;
    const {symmetry, neighbours} = analysis;
    const items = [], cards = [];
    const figure = (f) => {
      if (!f || (f.applies && !f.applies(study))) return;
      const made = make(f);
      made.wide = !!f.wide;
      cards.push(made);
      items.push(made);
    };
    const table = (id, title, ...children) => items.push(card(`${study.key}-${id}`, title, ...children));
    const narrow = (id, title, ...children) => {
      table(id, title, ...children);
      items[items.length - 1].wide = false;
      items[items.length - 1].root.classList.remove('wide');
    };

    if (analysis.truth) table('truth', 'Known and found', truthTable(analysis));
    figure(symscan.SYMMETRY.spectrum);
    if (symmetry) narrow('algebra', 'Symmetry in numbers', symmetryTable(symmetry), ...notes(symmetry.notes));
    if (symmetry) {
      for (const generator of symmetry.generators.slice(0, GENERATORS_DRAWN)) {
        if (generator.matrix) figure(symscan.generatorFigure(generator, symmetry.coordinates));
        figure(symscan.fieldFigure(study, generator, symmetry.coordinates));
      }
      const undrawn = symmetry.generators.length - GENERATORS_DRAWN;
      if (symmetry.generators.length)
        table(
            'generators', 'Generators', generatorTable(symmetry),
            ...notes(undrawn > 0 ? [`The first ${GENERATORS_DRAWN} generators are drawn above.`] : []));
    }
    const {discrete, fields, trajectories, target} = analysis;
    if (discrete && discrete.maps.length)
      table('discrete', 'Finite maps', symscan.discreteTable(discrete), ...notes(discrete.notes));
    if (fields) {
      for (const f of fields.fields.slice(0, FIELDS_DRAWN)) {
        if (!f.velocity.length || f.velocity.length !== fields.points.length) continue;
        figure(symscan.fieldFigure(
            study, {
              ...f,
              key: `of-dictionary-${f.index + 1}`,
              called: `field ${f.index + 1} of the dictionary`,
              name: f.equation,
              motion: {points: fields.points, velocity: f.velocity}
            },
            fields.columns));
      }
      table('fields', 'Motions from a dictionary', fields.fields.length ? symscan.fieldsTable(fields) : '', ...notes(fields.notes));
    }
    if (trajectories)
      table('laws', 'Laws of the trajectories', trajectories.laws.length ? symscan.lawsTable(trajectories) : '', ...notes(trajectories.notes));
    if (target)
      table('target', 'The labelled function', target.motions.length ? symscan.targetTable(target) : '', ...notes(target.notes));
    figure(symscan.scanFigure(study));
    if (analysis.candidates.length)
      table('candidates', 'Transformations tested', candidateTable(analysis.candidates));
    if (analysis.constraints.length || analysis.constraintNotes.length)
      table(
          'constraints', 'Constraints',
          analysis.constraints.length ? constraintTable(analysis.constraints) : '',
          ...notes(analysis.constraintNotes));
    figure(symscan.SYMMETRY.dimensions);
    figure(symscan.SYMMETRY.theory);
    if (analysis.groups.length) table('groups', 'Dimensions of each group', dimensionTable(analysis));
    if (neighbours && neighbours.estimates.length)
      narrow('neighbours', 'Dimension without a VAE', neighbourTable(neighbours));
    figure(symscan.SYMMETRY.alignment);
    fillRows(items);

    const id = `${study.key}-symmetry`;
    const node = element(
        'section', {id, class: 'symmetry', 'aria-labelledby': `${id}-title`},
        element('h3', {id: `${id}-title`}, 'Symmetry'),
        analysis.sentences.length ?
            element('div', {class: 'summary'}, ...analysis.sentences.map((s) => element('p', {}, s))) :
            null,
        element('div', {class: 'grid'}, ...items.map((item) => item.root)));
    return {node, cards};
  };
}
