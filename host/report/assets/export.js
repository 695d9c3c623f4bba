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

  // Choices as they are when the page is opened.
  function firstChoice(figure, study, group, data) {
    const choice = {};
    for (const c of figure.choices(study, group, data)) {
      const offered = c.type === 'checkbox' || (c.options || []).some((o) => o.value === c.initial);
      choice[c.key] = offered ? c.initial : c.options.length ? c.options[0].value : c.initial;
    }
    return choice;
  }

  // {name, size, build} of every figure that the page would draw when it is opened.
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
    named = figuresOfReport(data).filter(({figure, study, group}) => !figure.build(study, group, firstChoice(figure, study, group, data), data).empty);
    named.forEach((entry) => {
      entry.name = uniqueName(slug(entry.name), taken);
    });
    return JSON.stringify(named.map((entry) => entry.name));
  };

  symscan.exportFigure = function(index) {
    const {figure, study, group, name} = named[index], data = symscan.exportData;
    const built = figure.build(study, group, firstChoice(figure, study, group, data), data);
    const size = {width: figure.wide ? WIDE : NARROW, height: figure.height ? figure.height(study, group, data) : 380};
    return symscan.svgFile(built, size, name);
  };

  const latex = (text) => symscan.math.latex(text);

  symscan.typesetTexts = (json) => JSON.stringify(
      JSON.parse(json).map(({text, columns}) => ({
        plain: symscan.math.plain(text, columns),
        latex: symscan.math.latex(text, columns),
        svg: symscan.math.svg(text, columns)
      })));
  const cell = (texts, none) => (texts.length ? texts.map(latex).join(', ') : none);

  function latexRow(study) {
    const a = study.answer;
    if (!a) return `${latex(study.dataset)} & \\multicolumn{6}{l}{not analysed} \\\\`;
    const kept = a.distribution || (a.kept.length ? a.kept.join(', ') : '');
    const equations = a.constraints.length ? String(a.constraints.length) : '--';
    return [
      latex(study.dataset), latex(a.degrees), latex(a.set), kept ? latex(kept) : '--', a.finite ? latex(a.finite) : '--', equations,
      a.laws === null ? '--' : String(a.laws)
    ].join(' & ') + ' \\\\';
  }

  // The results of all data sets as a table, and the constraints of each below it.
  symscan.latexTable = function(json) {
    const data = symscan.read(json);
    const lines = [
      `% Made by symscan ${data.version}: needs the packages amsmath, amssymb and booktabs.`, '\\begin{table}', '\\centering', '\\begin{tabular}{lllllrr}', '\\toprule',
      'Data set & Degrees of freedom & Symmetry of the manifold & of the distribution & Finite group & Constraints & Laws \\\\', '\\midrule',
      ...data.studies.map(latexRow), '\\bottomrule', '\\end{tabular}', `\\caption{What the data of ${latex(data.name)} obey.}`, '\\end{table}'
    ];
    for (const study of data.studies) {
      const equations = study.answer ? study.answer.constraints.concat(study.answer.law_equations || []) : [];
      if (!equations.length) continue;
      lines.push('', `% ${study.dataset.replace(/[\r\n]+/g, ' ')}`, '\\begin{itemize}', ...equations.map((e) => `\\item ${latex(e)}`), '\\end{itemize}');
    }
    return lines.join('\n') + '\n';
  };
}
