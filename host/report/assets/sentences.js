// What the analysis says, as paragraphs: formulas are typeset, the lines of generators are lists below their sentence,
// and what only some readers want is folded.
'use strict';
{
  const {element} = symscan;
  const SHOWN = 3;

  // Paragraphs; a sentence that begins with spaces is an item of the list below the sentence before it.
  symscan.paragraphs = function(sentences, columns) {
    const nodes = [];
    let items = null;
    for (const sentence of sentences) {
      const text = symscan.math.html(sentence.trim(), columns);
      if (!/^\s/.test(sentence)) {
        nodes.push(element('p', {}, ...text));
        items = null;
        continue;
      }
      if (!items) nodes.push(items = element('ul', {class: 'motions'}));
      items.append(element('li', {}, ...text));
    }
    return nodes;
  };

  symscan.folded = (title, ...children) =>
      element('details', {class: 'folded'}, element('summary', {}, title), ...children);

  // What matters of the trainings, and the rest folded; null where there is nothing to say.
  symscan.summaryNode = function(study) {
    const {details} = study;
    const few = details ? study.summary : study.summary.slice(0, SHOWN);
    const rest = details || study.summary.slice(SHOWN);
    if (!few.length && !rest.length) return null;
    return element(
        'div', {class: 'summary'}, ...symscan.paragraphs(few, study.columns),
        rest.length ?
            symscan.folded(`${symscan.plural(rest.length, 'more sentence')}`, ...symscan.paragraphs(rest, study.columns)) :
            null);
  };

  // The sentences of the analysis; where a study has an answer above them, all but the answer is folded.
  symscan.analysisNode = function(study) {
    const {sentences, symmetry} = study.analysis;
    if (!sentences.length) return null;
    const columns = [...study.columns, ...(symmetry ? symmetry.coordinates : [])];
    const nodes = symscan.paragraphs(sentences, columns);
    const answered = study.answer ? study.answer.sentences : [];
    if (!answered.length) return element('div', {class: 'summary'}, ...nodes);
    return element(
        'div', {class: 'summary'}, ...symscan.paragraphs(answered, columns),
        symscan.folded('Every sentence of the analysis', ...nodes));
  };
}
