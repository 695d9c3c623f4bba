// The figures of a study's section on its symmetry, in the order of the page.
'use strict';
{
  const GENERATORS = 10, FIELDS = 4;

  // Matrix and motion of every generator that is drawn.
  const ofGenerators = (study, {generators, coordinates}) => generators.slice(0, GENERATORS).flatMap(
      (g) => [g.matrix ? symscan.generatorFigure(g, coordinates, study) : null, symscan.fieldFigure(study, g, coordinates)]);

  function ofFields(study, {fields, points, columns}) {
    const drawn = fields.slice(0, FIELDS).filter((f) => f.velocity.length && f.velocity.length === points.length);
    return drawn.map((f) => symscan.fieldFigure(
        study, {
          ...f,
          key: `of-dictionary-${f.index + 1}`,
          called: `field ${f.index + 1} of the dictionary`,
          name: f.equation,
          motion: {points, velocity: f.velocity}
        },
        columns));
  }

  // By part of the section: {spectrum, generators, fields, scan, models, alignment}, each a list.
  symscan.symmetryParts = function(study) {
    const {symmetry, fields} = study.analysis;
    const there = (list) => list.filter((f) => f && (!f.applies || f.applies(study)));
    return {
      spectrum: there([symscan.SYMMETRY.spectrum]),
      generators: symmetry ? there(ofGenerators(study, symmetry)) : [],
      undrawn: symmetry ? Math.max(0, symmetry.generators.length - GENERATORS) : 0,
      fields: fields ? there(ofFields(study, fields)) : [],
      scan: there([symscan.scanFigure(study)]),
      models: there([symscan.SYMMETRY.dimensions, symscan.SYMMETRY.theory]),
      alignment: there([symscan.SYMMETRY.alignment]),
    };
  };

  symscan.symmetryFigures = function(study) {
    if (!study.analysis) return [];
    const {spectrum, generators, fields, scan, models, alignment} = symscan.symmetryParts(study);
    return [...spectrum, ...generators, ...fields, ...scan, ...models, ...alignment];
  };
}
