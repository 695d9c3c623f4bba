// Tables of a study's section on its symmetry. Names and equations in them are typeset.
'use strict';
{
  const {element, row, rowOf, numeric, numberCell, typeset, textCell} = symscan;

  const yesNo = (value) => (value === null ? '–' : value ? 'yes' : 'no');
  // so(2)+so(3) is so(3) + so(2).
  const algebraKey = (text) => text.toLowerCase().split(/[+⊕]/).map((x) => x.trim()).sort().join('+');

  // What is seen of a change, or the bound below which it lies.
  const changeText = (d) => d.limit === null ? '–' :
      d.p !== null && d.p < 0.01             ? symscan.format(d.effect) :
                                               `< ${symscan.format(d.limit)}`;

  function localDimension(analysis) {
    if (!analysis.local) return null;
    const {value, from, to} = analysis.local;
    const betas = from > 0 ? ` ${symscan.betas(from, to)}` : '';
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

  // Rows {quantity, known, found, agrees} where the program has not judged them. Agreement is said only where both
  // are numbers or both name an algebra.
  function judged(study) {
    const {analysis} = study;
    const {truth, symmetry, constraints, discrete, trajectories} = analysis;
    const group = symscan.analysedGroup(analysis, study);
    const active = group ? group.active : {mean: null, std: null};
    const neighbours = analysis.neighbours ? analysis.neighbours.estimates : [];
    const intrinsic =
        [localDimension(analysis), ...neighbours.map((e) => `${e.name} ${symscan.plusMinus(e.value, e.error)}`)];
    const within = (found, low, high) => !Number.isFinite(found) || low === null || high === null ?
        null :
        Math.round(found) >= low && Math.round(found) <= high;
    const rotations = analysis.rotations || '';
    const rows = [];
    const add = (quantity, known, found, agrees) => {
      if (known !== null && known !== '') rows.push({quantity, known: String(known), found: found || '–', agrees});
    };
    add('Intrinsic dimension (degrees of freedom)', truth.intrinsic, intrinsic.filter(Boolean).join('; '),
        within(analysis.dimension, truth.intrinsic, truth.intrinsic));
    const torn = truth.intrinsic ?? truth.embedding;
    add('Active latents: from a torn map to a continuous one',
        truth.embedding === null || torn === truth.embedding ? truth.embedding : `${torn} to ${truth.embedding}`,
        active.mean === null ? '' :
                               `active latents ${symscan.short(active.mean)}${
                                   active.std > 0 ? ` ± ${symscan.format(active.std, 2)}` : ''} (${group.label})`,
        within(active.mean, torn, truth.embedding));
    add('Rotations of the manifold', truth.symmetry, rotations,
        rotations ? algebraKey(rotations) === algebraKey(truth.symmetry) : null);
    add('Symmetry of the density', truth.density, densityFound(symmetry), null);
    add('Finite group of the density', truth.discrete, discrete ? discrete.group : '',
        discrete ? discrete.group === truth.discrete : null);
    add('Independent laws of the trajectories', truth.laws, trajectories ? String(trajectories.independent) : '',
        trajectories ? trajectories.independent === truth.laws : null);
    add('Constraints', truth.constraints.join('; '), constraints.map((c) => c.equation).join('; '), null);
    return rows;
  }

  // Null where nothing is known of the dataset.
  symscan.knownTable = function(study) {
    const rows = study.known || (study.analysis && study.analysis.truth ? judged(study) : []);
    if (!rows.length) return null;
    return symscan.table(
        'What is known of this dataset, and what was found without knowing it',
        [{label: 'Quantity'}, {label: 'Known'}, {label: 'Found'}, {label: 'Agrees'}],
        rows.map((r) => row(r.quantity, textCell(r.known, study), textCell(r.found || '–', study), textCell(yesNo(r.agrees)))));
  };

  symscan.algebraTable = function(symmetry) {
    const from = {
      constraints: 'exact constraints',
      neighbours: 'neighbours',
      'approximate constraints': 'approximate constraints'
    };
    const entries = [
      ['Lie algebra of the symmetries', symmetry.algebra || '–'],
      ['Generators found', symscan.short(symmetry.found)],
      ['Closure residual', symscan.format(symmetry.closure)],
      ['Read off', from[symmetry.evidence] || '–'],
    ].filter(([, text]) => !text.startsWith('–'));
    return symscan.table(
        'Closure residual: part of the commutators that lies outside the generators found; 0 for an algebra',
        [{label: 'Quantity'}, numeric('Value')],
        entries.map(([name, text]) => row(name, element('td', {class: 'number wrap'}, ...typeset(text)))), {stack: false});
  };

  symscan.generatorTable = function(symmetry, study) {
    const tested = symmetry.generators.some((g) => g.density);
    const head = [{label: 'Generator'}, {label: 'Kind'}, {label: 'Equation'}, numeric('Eigenvalue')];
    if (tested) head.push({label: 'Density'}, numeric('p-value'), numeric('Change of the distribution'));
    const line = rowOf(study);
    const rows = symmetry.generators.map((g) => {
      const d = g.density || {verdict: '–', p: null, effect: null, limit: null};
      const density =
          tested ? [textCell(d.verdict), numberCell(symscan.format(d.p)), numberCell(changeText(d))] : [];
      return line(
          `${g.index + 1}: ${g.name}`, textCell(g.kind), textCell(g.equation, study),
          numberCell(symscan.format(g.eigenvalue)), ...density);
    });
    return symscan.table(
        'Generators of the symmetries of the set that the events fill' +
            (tested ? ', and whether the density of events has them too' : ''),
        head, rows);
  };

  symscan.candidateTable = function(candidates, study) {
    const head = [
      {label: 'Transformation'}, {label: 'Kind'}, numeric('Motion off the surface'), numeric('p-value'),
      numeric('Change of the distribution'), {label: 'Verdict'}
    ];
    const kind = (c) => c.continuous === null ? '–' : c.continuous ? 'continuous' : 'discrete';
    return symscan.table(
        'Transformations that were tested one by one. Motion off the surface: 0 for a symmetry of the surface. ' +
            'A small p-value says that the distribution of events changes. The change is the root of the Fisher ' +
            'information of the motion, with a bound of 95 % where none is seen.',
        head,
        candidates.map(
            (c) =>
                rowOf(study)(c.name, textCell(kind(c)), numberCell(symscan.format(c.residual)), numberCell(symscan.format(c.p)),
                    numberCell(changeText(c)), textCell(c.verdict))));
  };

  symscan.constraintTable = function(constraints, study) {
    const degree = (d) => ({1: 'linear', 2: 'quadratic'}[d] || (d === null ? '–' : `degree ${d}`));
    const holds = (c) => c.exact === null ? '–' : c.exact ? 'exact' : 'approximate';
    const width = (c) => `${symscan.format(c.width)}${c.width !== null && c.unit ? ` ${c.unit}` : ''}`;
    return symscan.table(
        'Relations among the features. Residual: relative to the spread of the left side if nothing tied the ' +
            'features together. Width: half of the interval that holds the central 68 % of the events.',
        [
          {label: 'Relation'}, {label: 'Degree'}, {label: 'Holds'}, numeric('Relative residual'),
          numeric('Width')
        ],
        constraints.map(
            (c) =>
                rowOf(study)(c.equation, textCell(degree(c.degree)), textCell(holds(c)), numberCell(symscan.format(c.residual)),
                    numberCell(width(c)))));
  };

  symscan.dimensionTable = function(analysis) {
    const head = [
      {label: 'Group'}, numeric('Seeds'), numeric('Active latents'), numeric('Local dimension'),
      numeric('Normal directions'), numeric('Generators'), numeric('Gap')
    ];
    const pm = (s) => numberCell(symscan.plusMinus(s.mean, s.std));
    return symscan.table(
        `Linear rank: ${symscan.short(analysis.rank)} principal components vary. Normal directions: how many of ` +
            'them lead off the surface. Gap: ratio of the first rejected to the last accepted generator eigenvalue.',
        head,
        analysis.groups.map(
            (g) =>
                row(g.label, numberCell(symscan.short(g.seeds)), pm(g.active), pm(g.local),
                    numberCell(symscan.format(g.normals)), numberCell(symscan.short(g.generators)),
                    numberCell(symscan.format(g.gap)))));
  };

  symscan.neighbourTable = function(neighbours) {
    const facts = [
      neighbours.points !== null ? `${symscan.grouped(neighbours.points)} events` : '',
      neighbours.duplicates > 0 ? `${symscan.grouped(neighbours.duplicates)} repeated ones removed` : ''
    ].filter(Boolean);
    return symscan.table(
        `Intrinsic dimension from distances between neighbouring events${
            facts.length ? ` (${facts.join(', ')})` : ''}`,
        [{label: 'Method'}, numeric('Intrinsic dimension')],
        neighbours.estimates.map((e) => row(e.name, numberCell(symscan.plusMinus(e.value, e.error)))), {stack: false});
  };

  // ---- beyond affine motions: see further.js ----

  symscan.discreteTable = (found, study) => symscan.table(
      `Group of finite maps that leave the distribution unchanged: ${found.group}, of order ${
          symscan.short(found.order)}. ${symscan.short(found.tried)} maps were tested, with one level for all.`,
      [{label: 'Map'}, {label: 'Distribution'}, numeric('p-value'), numeric('Change'), numeric('Bound')],
      found.maps.map(
          (m) => rowOf(study)(
              m.name, textCell(m.density.verdict), numberCell(symscan.format(m.density.p)),
              numberCell(symscan.format(m.density.effect)), numberCell(symscan.format(m.density.limit)))));

  symscan.fieldsTable = (found, study) => symscan.table(
      `Motions that keep ${found.keeps}, among ${symscan.short(found.searched)} fields of the dictionary ${
          found.dictionary}.`,
      [numeric('Field'), {label: 'Equation'}, {label: 'Distribution'}, numeric('p-value')],
      found.fields.map(
          (f) => row(
              String(f.index + 1), textCell(f.equation, study), textCell(f.density.verdict),
              numberCell(symscan.format(f.density.p)))));

  symscan.lawsTable = (found, study) => symscan.table(
      `Functions that are constant along each of ${symscan.short(found.count)} trajectories, among ${
          symscan.short(found.searched)} terms; ${symscan.short(found.independent)} independent. ` +
          'Within: root of the share of the variance that lies within trajectories.',
      [{label: 'Law'}, numeric('Within')],
      found.laws.map((law) => rowOf(study)(law.equation, numberCell(symscan.format(law.within)))));

  symscan.targetTable = (found, study) => symscan.table(
      `What leaves the labelled function unchanged. It was taken for a ${found.how}, which leaves ${
          symscan.format(100 * found.unexplained)} % of the variance of its values.`,
      [{label: 'Motion'}, {label: 'Equation'}, {label: 'The function'}, numeric('Residual')],
      found.motions.map(
          (m) => rowOf(study)(
              m.name, textCell(m.equation, study),
              textCell(m.weight ? `is multiplied by exp(${symscan.format(m.weight)} t)` : 'stays the same'),
              numberCell(symscan.format(m.residual)))));
}
