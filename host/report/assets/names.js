// Names in texts, in pieces as they are shown: px(mu-) is p with the index x, of mu with the charge as a superscript.
// Every piece has its source in `raw`; the sources of a name's pieces make the name.
'use strict';
{
  const GREEK = {};
  ('alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ ' +
   'tau τ phi φ chi χ psi ψ omega ω').split(' ').forEach((word, i, all) => {
    if (i % 2 === 0) GREEK[word] = all[i + 1];
  });
  const NAME_OF = {};
  for (const word of Object.keys(GREEK)) NAME_OF[GREEK[word]] = word;
  const has = (table, key) => Object.prototype.hasOwnProperty.call(table, key);
  const latexGreek = (letter) => `\\${NAME_OF[letter] === 'phi' ? 'varphi' : NAME_OF[letter]}`;

  // A piece: `text` as shown, its source, the level (1 superscript, -1 subscript), italic or not, its LaTeX in
  // formulas; `math`: part of a formula, or prose.
  const piece = (raw, text, more) => Object.assign({raw, text, level: 0, italic: false, math: true, latex: null}, more || {});
  const prose = (raw) => piece(raw, raw, {math: false});
  const variable = (raw, text) => piece(raw, text, {italic: true});
  const greek = (raw, letter) => piece(raw, letter, {italic: true, latex: latexGreek(letter)});
  const below = (raw, text) => piece(raw, text, {level: -1});
  const above = (raw, text) => piece(raw, text, {level: 1});
  const minus = (text) => text.replace(/-/g, '−');

  const COMPONENTS = {px: 'x', py: 'y', pz: 'z', pt: 'T', pT: 'T', mT: 'T'};
  const CHARGED = /^(mu|tau|pi|e|K|W)([+-])(?![A-Za-z0-9_])/;
  const NEUTRINO = /^nu_(e|mu|tau)(~?)(?![A-Za-z0-9_])/;
  const BARRED = /^([a-zA-Z])~(?![A-Za-z0-9_])/;

  function particle(source) {
    let m = CHARGED.exec(source);
    if (m) {
      const base = has(GREEK, m[1]) ? piece(m[1], GREEK[m[1]], {latex: latexGreek(GREEK[m[1]])}) : piece(m[1], m[1], {latex: `\\mathrm{${m[1]}}`});
      return [base, above(m[2], minus(m[2]))];
    }
    m = NEUTRINO.exec(source);
    if (m) {
      const flavour = has(GREEK, m[1]) ? GREEK[m[1]] : m[1];
      const base = m[2] ? piece('nu', 'ν\u0304', {latex: '\\bar{\\nu}'}) : piece('nu', 'ν', {latex: '\\nu'});
      return [base, piece(`_${m[1]}${m[2]}`, flavour, {level: -1, latex: has(GREEK, m[1]) ? latexGreek(flavour) : null})];
    }
    m = BARRED.exec(source);
    return m ? [piece(m[0], `${m[1]}\u0304`, {latex: `\\bar{\\mathrm{${m[1]}}}`})] : null;
  }

  // What stands in the brackets of px(...): particles, j1, l2, mu- 1, pdg 99. Null where it is something else.
  function particles(inside) {
    const pieces = [];
    for (let rest = inside; rest;) {
      const together = /^(mu|tau|pi|e|K|W)[+-](?=[a-zA-Z])/.exec(rest);
      const found = particle(together ? together[0] : rest) || oneParticle(rest);
      if (!found) return null;
      pieces.push(...found);
      rest = rest.slice(found.reduce((n, p) => n + p.raw.length, 0));
    }
    return pieces;
  }

  function oneParticle(source) {
    const gap = /^[ ,]+/.exec(source), number = /^\d+/.exec(source);
    if (gap) return [piece(gap[0], gap[0], {latex: gap[0].replace(/ /g, '\\,')})];
    if (number) return [piece(number[0], number[0])];
    const m = /^(?:([A-Za-z])(\d{1,2})|(pi)0|([a-z]+|[A-Z]))(?![A-Za-z0-9_])/.exec(source);
    if (!m) return null;
    const upright = (word) => piece(word, has(GREEK, word) ? GREEK[word] : word, {
      latex: has(GREEK, word) ? latexGreek(GREEK[word]) : `\\mathrm{${word}}`
    });
    return m[1] ? [upright(m[1]), below(m[2], m[2])] : m[3] ? [upright('pi'), above('0', '0')] : [upright(m[4])];
  }

  const index = (raw) => below(raw, raw.replace('_', ''));

  // The pieces of one word that is a name, and whether that is certain without looking around it.
  function name(word) {
    let m = /^(px|py|pz|pt|pT|mT)((_?)(\d{1,3}))?$/.exec(word);
    if (m) {
      const parts = [variable(word[0], word[0]), below(word[1], COMPONENTS[m[1]])];
      if (m[2]) parts.push(below(m[2], m[3] ? `,${m[4]}` : m[4]));
      return {pieces: parts, sure: true};
    }
    m = /^sqrt_([a-z])$/.exec(word);
    if (m) return {pieces: [piece('sqrt_', '√', {latex: '\\sqrt'}), piece(m[1], m[1], {italic: true, latex: `{${m[1]}}`})], sure: true};
    m = /^([a-z]+)(_?\d{1,3}|_[a-zA-Z])?$/.exec(word);
    if (m && has(GREEK, m[1])) return {pieces: [greek(m[1], GREEK[m[1]]), ...(m[2] ? [index(m[2])] : [])], sure: true};
    m = /^([A-Za-z])(_?\d{1,3})?$/.exec(word);
    if (m) return {pieces: [variable(m[1], m[1]), ...(m[2] ? [index(m[2])] : [])], sure: !!m[2] && m[2].replace('_', '').length < 3};
    if (/^[pmE]_[TxyzZWH]$/.test(word)) return {pieces: [variable(word[0], word[0]), index(word.slice(1))], sure: true};
    return has(NAME_OF, word) ? {pieces: [greek(word, word)], sure: true} : null;
  }

  // A quantity of particles: E(mu-), m(mu- mu+), theta(j1). The bracket must hold nothing else.
  function quantity(source) {
    const m = /^([a-zA-Z]+(?:_\d+)?)\(([^()]*)\)/.exec(source);
    const base = m && name(m[1]);
    const inside = base && m[2] ? particles(m[2]) : null;
    return inside ? [...base.pieces, piece('(', '('), ...inside, piece(')', ')')] : null;
  }

  // ---- columns ----

  // The pieces of a column; null where nothing of it is typeset.
  function typesetName(text) {
    const pieces = quantity(text);
    const known = pieces && pieces.map((p) => p.raw).join('') === text ? {pieces} : name(text);
    return known ? known.pieces : null;
  }

  // How a name looks: x1 and x_1 look the same.
  function looks(text) {
    const pieces = typesetName(text);
    let level = 0;
    return (pieces || [prose(text)]).map((p) => {
      const step = p.level === level ? '' : `\n${p.level}`;
      level = p.level;
      return step + p.text;
    }).join('');
  }

  let lastColumns = null, lastAlike = {};
  // The columns that would look like another one: {name: true}.
  function alike(columns) {
    if (columns === lastColumns) return lastAlike;
    const first = {}, found = {};
    for (const column of columns) {
      const key = looks(column);
      if (has(first, key) && first[key] !== column) found[column] = found[first[key]] = true;
      else first[key] = column;
    }
    lastColumns = columns;
    lastAlike = found;
    return found;
  }

  // As the program writes names into equations: others stand in backticks.
  function isBare(text) {
    if (!text || /^\d/.test(text)) return false;
    let depth = 0;
    for (let i = 0; i < text.length; ++i) {
      const c = text.charAt(i);
      depth += c === '(' || c === '[' ? 1 : c === ')' || c === ']' ? -1 : 0;
      if (depth < 0 || (depth === 0 && ' \t+-*/^=,;<>&!"`'.indexOf(c) >= 0)) return false;
    }
    return depth === 0;
  }

  const LATEX = {
    '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', '$': '\\$', '&': '\\&', '#': '\\#', '_': '\\_', '%': '\\%',
    '^': '\\textasciicircum{}', '~': '\\textasciitilde{}', '<': '$<$', '>': '$>$', '|': '$|$', '–': '--', '—': '---',
    '−': '$-$', '±': '$\\pm$', '×': '$\\times$', '·': '$\\cdot$', '→': '$\\to$', '≤': '$\\le$', '≥': '$\\ge$', '°': '$^\\circ$',
    '…': '\\ldots{}', '“': '``', '”': '\'\'', '’': '\'', '‘': '`', '½': '$\\frac{1}{2}$', '²': '$^2$', '√': '$\\surd$', '\u2009': '\\,', '\u00a0': '~'
  };
  function escapeLatex(text) {
    return String(text).split('').map((c) => has(LATEX, c) ? LATEX[c] : has(NAME_OF, c) ? `$${latexGreek(c)}$` : c).join('');
  }

  const asWritten = (raw, name) => [piece(raw, name, {latex: `\\text{${escapeLatex(name)}}`})];

  // A column: typeset, unless `columns` has another one that would look the same.
  function columnPieces(name, columns) {
    return typesetName(name) && !has(alike(columns), name) ? typesetName(name) : asWritten(name, name);
  }

  // ---- names within texts, which are no formulas ----

  // Noncharacters around a name of a data set (which stays prose), a column, a column that stays as it is written.
  const PROSE = '\ufdd0', COLUMN = '\ufdd1', LITERAL = '\ufdd2', END = '\ufdd3';
  const source = (text) => String(text).replace(/[\ufdd0-\ufdd3]/g, '');
  const marked = (mark, text) => `${mark}${source(text)}${END}`;

  // For texts that are typeset later, without the columns of their study at hand.
  const nameText = (text) => marked(PROSE, text);
  const columnText = (text, columns) => marked(has(alike(columns || []), text) ? LITERAL : COLUMN, text);

  symscan.names = {
    typesetName, alike, isBare, escapeLatex, asWritten, columnPieces, PROSE, COLUMN, LITERAL, END, source, nameText, columnText,
    GREEK, NAME_OF, has, piece, prose, above, minus, latexGreek, particle, name, quantity
  };
}
