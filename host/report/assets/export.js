// The figures of a report as files, and its table in LaTeX: what the program makes without a browser.
'use strict';
{
  const NARROW = 640, WIDE = 960;
  let named = [];

  const slug = (text) => String(text).replace(/[^A-Za-z0-9_.+-]+/g, '_').replace(/^[_.]+|_+$/g, '') || 'figure';

  // Names of files, each once.
  function uniqueName(name, taken) {
    let unique = name;
    for (let k = 2; taken[unique.toLowerCase()]; ++k) unique = `${name}-${k}`;
    taken[unique.toLowerCase()] = true;
    return unique;
  }

  // As the page draws it when it is opened.
  function built({figure, study, group}, data) {
    return figure.build(study, group, symscan.settle(figure.choices(study, group, data), {}), data);
  }

  // {name, figure, study, group} of every figure that the page would draw when it is opened.
  function figuresOfStudy(study, data) {
    const group = symscan.firstGroup(study), list = [];
    const add = (figure, of) => {
      if (figure && (!figure.applies || figure.applies(study, of, data))) list.push({figure, study, group: of});
    };
    if (study.analysis) symscan.symmetryFigures(study).forEach((figure) => add(figure, null));
    if (!group) return list;
    (symscan.PAPER || []).forEach((figure) => add(figure, group));
    symscan.SCANS.forEach((figure) => add(figure, group));
    if (symscan.trained(group)) symscan.FIGURES.forEach((figure) => add(figure, group));
    return list;
  }

  function figuresOfReport(data) {
    const list = [];
    (symscan.reportFigures ? symscan.reportFigures(data) : []).forEach(({name, figure, study}) => list.push({name: study ? `${slug(study.dataset)}-${figure.id}` : name, figure, study, group: study ? symscan.firstGroup(study) : null}));
    data.studies.forEach((study) => figuresOfStudy(study, data).forEach((entry) => list.push({...entry, name: `${slug(study.dataset)}-${entry.figure.id}`})));
    data.breakingCurves.forEach((curve, i) => {
      const figure = symscan.breakingFigure(curve, `curve-${i + 1}`);
      list.push({name: `breaking-${figure.id}`, figure, study: {key: 'breaking', groups: []}, group: null});
    });
    return list;
  }

  // The names of the files that there will be, as JSON.
  symscan.exportNames = function(json) {
    const data = symscan.read(json), taken = {};
    symscan.exportData = data;
    named = figuresOfReport(data).map((entry) => ({...entry, built: built(entry, data)})).filter((entry) => !entry.built.empty);
    named.forEach((entry) => {
      entry.name = uniqueName(slug(entry.name), taken);
    });
    return JSON.stringify(named.map((entry) => entry.name));
  };

  symscan.exportFigure = function(index) {
    const entry = named[index], {figure, study, group, name} = entry, data = symscan.exportData;
    const size = {width: figure.wide ? WIDE : NARROW, height: symscan.heightOf(figure, study, group, data)};
    const drawn = entry.built || built(entry, data);
    entry.built = null;  // its numbers are many
    return symscan.svgFile(drawn, size, name);
  };

  symscan.typesetTexts = (json) => JSON.stringify(
      JSON.parse(json).map(({text, columns}) => ({
        plain: symscan.math.plain(text, columns),
        latex: symscan.math.latex(text, columns),
        svg: symscan.math.svg(text, columns)
      })));

  // ---- the table ----

  const NOT_SOUGHT = '--';
  const nameOf = (text) => symscan.math.escapeLatex(String(text).replace(/\s+/g, ' '));

  // "4 + 1 approx."; nothing where the search was left out and found nothing.
  function constraintCount(study) {
    const {constraints, approximate} = study.answer;
    const leftOut = !study.analysis || study.analysis.leftOut.some((part) => /relations/.test(part));
    if (!constraints.length && !approximate.length && leftOut) return NOT_SOUGHT;
    return `${constraints.length}${approximate.length ? ` + ${approximate.length} approx.` : ''}`;
  }

  function latexRow(study) {
    const a = study.answer;
    if (!a) return `${nameOf(study.dataset)} & \\multicolumn{6}{l}{not analysed} \\\\`;
    const kept = a.distribution ? symscan.math.latex(a.distribution) : a.kept.map((k) => symscan.math.latex(k, study.columns)).join(', ');
    const cells = [
      symscan.math.latex(a.degrees), symscan.math.latex(a.set), kept, symscan.math.latex(a.finite), constraintCount(study),
      a.laws === null ? '' : String(a.laws)
    ];
    return [nameOf(study.dataset), ...cells.map((text) => text || NOT_SOUGHT)].join(' & ') + ' \\\\';
  }

  // What stands below the table: relations among the features, then functions that are constant along trajectories.
  function latexLists(study) {
    const a = study.answer, of = (text) => symscan.math.latex(text, study.columns);
    const relations = [
      ...a.constraints.map(of), ...a.approximate.map((e) => `approximately: ${of(e)}`), ...(a.constraints_note ? [of(a.constraints_note)] : [])
    ];
    const note = a.laws_note ? ` (${of(a.laws_note)})` : '';
    const laws = a.law_equations.map((e) => `${of(e)} is constant along each trajectory${note}`);
    const listed = (title, items) => !items.length ? [] :
        ['', `% ${study.dataset.replace(/\s+/g, ' ')}: ${title}`, '\\begin{itemize}', ...items.map((e) => `\\item ${e}`), '\\end{itemize}'];
    const none = relations.length || !a.no_constraints ? [] :
        ['', `% ${study.dataset.replace(/\s+/g, ' ')}: constraints: ${symscan.math.source(a.no_constraints).replace(/\s+/g, ' ')}`];
    return [...none, ...listed('constraints', relations), ...listed('laws of its trajectories', laws)];
  }

  // The results of all data sets as a table, and the equations of each below it.
  symscan.latexTable = function(json) {
    const data = symscan.read(json), rows = data.studies.map(latexRow);
    const unsought = rows.some((row) => row.split(' & ').some((text) => text.replace(/ \\\\$/, '') === NOT_SOUGHT));
    const lines = [
      `% Made by symscan ${data.version}: needs the packages amsmath, amssymb and booktabs.`, '\\begin{table}', '\\centering', '\\begin{tabular}{lllllrr}', '\\toprule',
      'Data set & Degrees of freedom & Symmetry of the manifold & of the distribution & Finite group & Exact constraints & Laws \\\\', '\\midrule',
      ...rows, '\\bottomrule', '\\end{tabular}',
      `\\caption{What the data of ${nameOf(data.name)} obey.${unsought ? ` ${NOT_SOUGHT}: not looked for.` : ''}}`, '\\end{table}'
    ];
    for (const study of data.studies)
      if (study.answer) lines.push(...latexLists(study));
    return lines.join('\n') + '\n';
  };
}
