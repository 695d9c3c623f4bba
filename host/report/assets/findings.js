// The section of a study on its symmetry: sentences, then tables and figures in one order.
'use strict';
{
  const {element} = symscan;

  const notesOf = (study) => (list) => list.map((text) => element('p', {class: 'callout'}, ...symscan.math.html(text, study.columns)));

  // Cards of the section, in their order: {items, cards}. `make` turns a figure into a card of the page.
  function collector(study, make) {
    const items = [], cards = [];
    return {
      items,
      cards,
      figures(list) {
        for (const figure of list) {
          const made = make(figure);
          made.wide = !!figure.wide;
          cards.push(made);
          items.push(made);
        }
      },
      table(id, title, ...children) {
        const root = element('div', {class: 'card wide', id: `${study.key}-${id}`}, element('h4', {}, title), ...children);
        items.push({wide: true, root});
      },
      narrow(id, title, ...children) {
        this.table(id, title, ...children);
        items[items.length - 1].wide = false;
        items[items.length - 1].root.classList.remove('wide');
      }
    };
  }

  // A narrow card with nothing beside it would leave a hole.
  function fillRows(items) {
    let narrow = 0;
    items.forEach((item, i) => {
      narrow = item.wide ? 0 : narrow + 1;
      if (narrow % 2 === 1 && (i + 1 === items.length || items[i + 1].wide)) item.root.classList.add('wide');
    });
  }

  function addSymmetry(out, study, parts) {
    const notes = notesOf(study);
    const {symmetry} = study.analysis;
    const known = symscan.knownTable(study);
    if (known) out.table('truth', 'Known and found', known);
    out.figures(parts.spectrum);
    if (!symmetry) return;
    out.narrow('algebra', 'Symmetry in numbers', symscan.algebraTable(symmetry), ...notes(symmetry.notes));
    out.figures(parts.generators);
    if (!symmetry.generators.length) return;
    const drawn = symmetry.generators.length - parts.undrawn;
    out.table(
        'generators', 'Generators', symscan.generatorTable(symmetry, study),
        ...notes(parts.undrawn ? [`The first ${drawn} generators are drawn above.`] : []));
  }

  function addFurther(out, study, parts) {
    const notes = notesOf(study);
    const {discrete, fields, trajectories, target} = study.analysis;
    const shown = (list, table) => (list.length ? table : '');
    if (discrete && discrete.maps.length)
      out.table('discrete', 'Finite maps', symscan.discreteTable(discrete, study), ...notes(discrete.notes));
    out.figures(parts.fields);
    if (fields)
      out.table(
          'fields', 'Motions from a dictionary', shown(fields.fields, symscan.fieldsTable(fields, study)),
          ...notes(fields.notes));
    if (trajectories)
      out.table(
          'laws', 'Laws of the trajectories', shown(trajectories.laws, symscan.lawsTable(trajectories, study)),
          ...notes(trajectories.notes));
    if (target)
      out.table(
          'target', 'The labelled function', shown(target.motions, symscan.targetTable(target, study)),
          ...notes(target.notes));
    out.figures(parts.scan);
  }

  function addDimensions(out, study, parts) {
    const notes = notesOf(study);
    const {analysis} = study;
    const {neighbours} = analysis;
    if (analysis.candidates.length)
      out.table('candidates', 'Transformations tested', symscan.candidateTable(analysis.candidates, study));
    if (analysis.constraints.length || analysis.constraintNotes.length)
      out.table(
          'constraints', 'Constraints',
          analysis.constraints.length ? symscan.constraintTable(analysis.constraints, study) : '',
          ...notes(analysis.constraintNotes));
    out.figures(parts.models);
    if (analysis.groups.length)
      out.table('groups', 'Dimensions of each group', symscan.dimensionTable(analysis));
    if (neighbours && neighbours.estimates.length)
      out.narrow('neighbours', 'Dimension without a VAE', symscan.neighbourTable(neighbours));
    out.figures(parts.alignment);
  }

  // {node, cards}, or null without an analysis.
  symscan.symmetrySection = function(study, make) {
    if (!study.analysis) return null;
    const out = collector(study, make), parts = symscan.symmetryParts(study);
    addSymmetry(out, study, parts);
    addFurther(out, study, parts);
    addDimensions(out, study, parts);
    fillRows(out.items);
    const id = `${study.key}-symmetry`;
    const node = element(
        'section', {id, class: 'symmetry', 'aria-labelledby': `${id}-title`},
        element('h3', {id: `${id}-title`}, 'Symmetry'), symscan.analysisNode(study),
        element('div', {class: 'grid'}, ...out.items.map((item) => item.root)));
    return {node, cards: out.cards};
  };
}
