// Formulas in texts. One parser cuts a text into pieces, several writers put them out. Only what is certainly a formula
// or a name is changed, and every character of a text belongs to one piece (`raw`): nothing is lost or changes its place.
'use strict';
{
  const {
    has, piece, prose, above, minus, particle, name, quantity, isBare, escapeLatex, asWritten, columnPieces,
    PROSE, COLUMN, LITERAL, END, source, nameText, columnText
  } = symscan.names;

  const SCIENTIFIC = /^(\d+(?:\.\d+)?)(e)([-+−]?)0*(\d+)(?![A-Za-z0-9_])/;
  const NUMBER = /^\d+(?:[.,]\d+)*(?![A-Za-z0-9_])/;
  const ALGEBRA = /^(so|su|sp|sl|u|gl)(\*?\(\d+(?:, ?(?:\d+|[RC]))?\))/;
  const FUNCTION = /^(sqrt|sinh|cosh|tanh|sin|cos|tan|asin|acos|atan|exp|log|ln)(?=\(| (?:theta|phi|[b-hj-z])(?![a-z]))/;
  const WORD = /^[A-Za-z0-9_\u00c0-\ufdcf\ufdf0-\uffdc]+(?:\.[A-Za-z_][A-Za-z0-9_]*)*/;
  const NO_FUNCTION = {asin: 'arcsin', acos: 'arccos', atan: 'arctan'};

  // ---- tokens ----

  const token = (kind, pieces, more) => Object.assign({kind, pieces, size: pieces.reduce((n, p) => n + p.raw.length, 0)}, more || {});
  const ends = (source, at) => !/[A-Za-z0-9_]/.test(source.charAt(at));

  // The longest of the columns that begins here, as a token. Those that equations have in backticks are found there only.
  function column(source, columns) {
    let best = '';
    for (const c of columns)
      if (c.length > best.length && source.slice(0, c.length) === c && (ends(source, c.length) || ends(c, c.length - 1)) && isBare(c)) best = c;
    if (!best || (source.charAt(best.length) === '(' && FUNCTION.test(source))) return null;
    return token(/^[aAI]$/.test(best) ? 'letter' : 'atom', columnPieces(best, columns));
  }

  function markedToken(text) {
    const mark = text.charAt(0);
    if (mark !== PROSE && mark !== COLUMN && mark !== LITERAL) return null;
    const end = text.indexOf(END), inside = source(end < 0 ? text : text.slice(0, end)), size = end < 0 ? text.length : end + 1;
    if (mark === PROSE) return token('name', [prose(inside)], {size});
    return token('atom', mark === COLUMN ? columnPieces(inside, []) : asWritten(inside, inside), {size});
  }

  // Names that would read as a number or an operation stay in quotes: “x^2” is not a square.
  const distinct = (name) => (/^\d|[-+*\/^=<>]/.test(name) ? `“${name}”` : name);

  // The name that a text begins with, as a token; null where it begins with another word.
  function named(source, columns) {
    const own = markedToken(source) || column(source, columns);
    if (own) return own;
    const quoted = /^`[^`]*`/.exec(source);
    if (quoted) return token('atom', asWritten(quoted[0], distinct(quoted[0].slice(1, -1))));
    const charged = particle(source) || quantity(source);
    if (charged) return token('atom', charged);
    const word = WORD.exec(source);
    const known = word ? name(word[0]) : null;
    return known ? token(known.sure ? 'atom' : 'letter', known.pieces) : null;
  }

  // dx = ..., d/dx: the small change of a name.
  function differential(source, columns) {
    if (/^d\/d[A-Za-z`\ufdd1\ufdd2]/.test(source)) {
      const of = named(source.slice(3), columns);
      return of ? token('atom', [piece('d/d', 'd/d', {latex: '\\mathrm{d}/\\mathrm{d}'}), ...of.pieces], {size: 3 + of.size}) : null;
    }
    if (source.charAt(0) !== 'd') return null;
    const of = named(source.slice(1), columns);
    if (!of || !/^'?\s*=/.test(source.slice(1 + of.size))) return null;
    return token('atom', [piece('d', 'd', {latex: '\\mathrm{d}'}), ...of.pieces], {size: 1 + of.size});
  }

  function number(source) {
    const m = SCIENTIFIC.exec(source);
    if (m && !Number(m[1])) return token('number', [piece(m[0], '0')]);
    if (m) {
      const sign = m[3] === '-' || m[3] === '−' ? '−' : '';
      const skipped = m[0].length - m[1].length - 1;
      return token('number', [
        piece(m[1] + m[2], `${m[1]}×10`, {latex: `${m[1]}\\times10`}), above(m[0].slice(m[0].length - skipped), sign + m[4])
      ]);
    }
    const plain = NUMBER.exec(source);
    return plain ? token('number', [piece(plain[0], plain[0])]) : null;
  }

  const OPERATORS = [
    ['->', '→', '\\to'], ['<=', '≤', '\\le'], ['>=', '≥', '\\ge'], ['!=', '≠', '\\ne'], ['=', '=', '='], ['<', '<', '<'],
    ['>', '>', '>'], ['+', '+', '+'], ['-', '−', '-'], ['−', '−', '-'], ['*', '·', '\\cdot'], ['/', '/', '/']
  ];

  function operator(source) {
    for (const [raw, text, latex] of OPERATORS)
      if (source.slice(0, raw.length) === raw) return token('operator', [piece(raw, text, {latex})], {sign: raw});
    return null;
  }

  // Superscripts: ^2, ^-1, ^(1/2), behind a name, a number or a bracket.
  function power(source, before) {
    const m = /^\^(-?\d+(?:\.\d+)?|[a-z](?![A-Za-z0-9_])|\([^()]*\))/.exec(source);
    return m && before && before.kind !== 'space' ? token('power', [above(m[0], minus(m[1]))]) : null;
  }

  // d/dx, unless it is a quotient of two columns.
  const isDerivative = (source, columns) =>
      /^d\/d/.test(source) && !(columns.indexOf('d') >= 0 && columns.indexOf((WORD.exec(source.slice(2)) || [''])[0]) >= 0);

  function next(source, before, columns) {
    const space = /^\s+/.exec(source);
    if (space) return token('space', [piece(space[0], space[0])]);
    if (before && before.word && /^[A-Za-z0-9_]/.test(source)) return token('word', [prose(/^[A-Za-z0-9_]+/.exec(source)[0])], {word: true});
    const own = markedToken(source) || (isDerivative(source, columns) ? null : column(source, columns));
    if (own) return own;
    const algebra = ALGEBRA.exec(source);
    if (algebra)
      return token('algebra', [piece(algebra[1], algebra[1], {latex: `\\mathfrak{${algebra[1]}}`}), piece(algebra[2], algebra[2], {latex: algebra[2].replace(', ', ',\\,')})]);
    const special = power(source, before) || differential(source, columns) || (FUNCTION.test(source) ? null : named(source, columns)) || number(source);
    if (special) return special;
    const f = FUNCTION.exec(source);
    if (f) return token('function', [f[1] === 'sqrt' ? piece('sqrt', '√', {latex: '\\sqrt'}) : piece(f[1], f[1], {latex: `\\${NO_FUNCTION[f[1]] || f[1]}`})]);
    const word = WORD.exec(source);
    if (word) return token('word', [prose(word[0])], {word: true});
    if (source.charAt(0) === '(') return token('open', [piece('(', '(')]);
    if (source.charAt(0) === ')') return token('close', [piece(')', ')')]);
    if (source.charAt(0) === '\'' && before && (before.kind === 'atom' || before.kind === 'letter') && ends(source, 1))
      return token('prime', [piece('\'', '′', {latex: '\''})]);
    return operator(source) || token('other', [prose(source.charAt(0))]);
  }

  // ---- what is a formula ----

  const FIRM = {atom: 1, algebra: 1, function: 1, power: 1, prime: 1};
  const ARTICLES = /^[aAI]$/;

  function tokensOf(text, columns) {
    const tokens = [];
    for (let at = 0; at < text.length;) {
      const found = next(text.slice(at), tokens[tokens.length - 1], columns);
      tokens.push(found);
      at += found.size;
    }
    return tokens;
  }

  // The nearest token that is no space; `step` is 1 or -1.
  function neighbour(tokens, i, step) {
    let at = i + step;
    while (at >= 0 && at < tokens.length && tokens[at].kind === 'space') at += step;
    return {token: tokens[at] || null, tight: at === i + step, at};
  }

  const operand = (t) => t !== null && (has(FIRM, t.kind) || t.kind === 'letter' || t.kind === 'number' || t.kind === 'open' || t.kind === 'close');

  const firm = (t) => t !== null && (t.formula === true || has(FIRM, t.kind));

  // Whether a single letter belongs to a formula, seen from its neighbours. In prose it stays a word.
  function inFormula(tokens, i) {
    if (tokens.length === 1) return true;
    const article = tokens[i].pieces.length === 1 && ARTICLES.test(tokens[i].pieces[0].raw);
    return [-1, 1].some((step) => {
      const {token: near, tight, at} = neighbour(tokens, i, step);
      if (near === null) return false;
      if (near.kind === 'power' || near.kind === 'prime') return tight;
      if (near.kind === 'operator') {
        const beyond = neighbour(tokens, at, step).token;
        if (near.sign === '/') return tight && (firm(beyond) || (beyond !== null && beyond.kind === 'number'));
        return operand(beyond) || (beyond !== null && beyond.kind === 'operator') || near.sign === '=';
      }
      if (near.kind === 'open' || near.kind === 'close') return tight && near.formula === true;
      if (near.kind === 'other' && near.pieces[0].raw === ',') return !article && firm(neighbour(tokens, at, step).token);
      return !article && !tight && firm(near);
    });
  }

  // Brackets that belong to a formula: behind a function or a name without a space, or around an operation.
  function markBrackets(tokens) {
    const open = [];
    tokens.forEach((t, i) => {
      if (t.kind === 'open') open.push(i);
      if (t.kind !== 'close' || !open.length) return;
      const first = open.pop();
      const before = tokens[first - 1], inside = tokens.slice(first + 1, i);
      const called = !!before && (before.kind === 'function' || before.kind === 'letter' && inside.length === 1);
      const raised = !!tokens[i + 1] && tokens[i + 1].kind === 'power';
      const sum = inside.every((x) => operand(x) || x.kind === 'space' || x.kind === 'operator') && inside.some((x) => x.kind === 'operator');
      t.formula = tokens[first].formula = called || raised || (sum && !(before && before.word));
      t.opens = first;
      tokens[first].closes = i;
    });
  }

  // Whether an equation is written around a hyphen without spaces: it then is a minus, else it joins two names.
  function inEquation(tokens, i) {
    return [-1, 1].some((step) => {
      for (let at = i + step; at >= 0 && at < tokens.length; at += step) {
        if (tokens[at].kind === 'operator' && tokens[at].sign === '=') return true;
        if (/other|word|open|close/.test(tokens[at].kind)) return false;
      }
      return false;
    });
  }

  // The sign of what follows: -y, -0.5.
  function isSign(t, before, after) {
    if (!/[-−]/.test(t.sign) || !after.tight || !(firm(after.token) || after.token.kind === 'number')) return false;
    return before.token === null || !before.tight || before.token.kind === 'open' ||
        (before.token.kind === 'operator' && before.token.sign !== '-');
  }

  // A number beside a stroke: 1/r, x/2.
  const isFraction = (tokens, i) => [i - 1, i + 1].some((k) => tokens[k] && tokens[k].sign === '/');

  // Operators are set as such between operands, or as the sign of one.
  function settleOperator(tokens, i) {
    const t = tokens[i];
    const before = neighbour(tokens, i, -1), after = neighbour(tokens, i, 1);
    const left = operand(before.token) && before.token.kind !== 'open';
    const right = operand(after.token) && after.token.kind !== 'close';
    if (/^(->|<=|>=|!=)$/.test(t.sign)) return true;
    if (/[=<>]/.test(t.sign)) return left || right;
    if (right && isSign(t, before, after)) return true;
    if (!left || !right || before.tight !== after.tight) return false;
    if (t.sign === '+' && before.token.kind === 'algebra' && after.token.kind === 'algebra')
      Object.assign(t.pieces[0], {text: '⊕', latex: '\\oplus'});
    const part = (x) => firm(x.token) || (x.token.kind === 'number' && t.sign !== '/' && isFraction(tokens, x.at));
    if (!part(before) && !part(after)) return false;
    if (t.sign !== '-' || !before.tight) return true;
    if (!firm(before.token) || !firm(after.token)) return false;
    if (!inEquation(tokens, i)) t.pieces[0] = piece('-', '–', {latex: '\\text{--}'});
    return true;
  }

  // " x " between numbers or groups, Z2 x Z2.
  function isTimes(tokens, i) {
    const t = tokens[i], before = neighbour(tokens, i, -1), after = neighbour(tokens, i, 1);
    if (t.kind !== 'letter' && t.kind !== 'atom' || t.pieces.length !== 1 || t.pieces[0].raw !== 'x' || before.tight || after.tight) return false;
    const group = (x) => x !== null && x.kind === 'atom' && /^[A-Z]\d+$/.test(x.pieces.map((p) => p.raw).join(''));
    const part = (x) => group(x) || (x !== null && (x.kind === 'power' || x.kind === 'close' || x.kind === 'open'));
    const numbers = before.token && after.token && before.token.kind === 'number' && after.token.kind === 'number';
    return !!numbers || (part(before.token) && part(after.token) && (group(before.token) || group(after.token)));
  }

  function parse(given, columns) {
    // A text that is a column is nothing else. Of a name that was cut only the end may be left.
    if (columns && columns.indexOf(given) >= 0) return columnPieces(given, columns);
    const text = /^[^\ufdd0-\ufdd2]*\ufdd3/.test(given) ? PROSE + given : String(given);
    const tokens = tokensOf(text, columns || []);
    tokens.forEach((t, i) => {
      if (isTimes(tokens, i)) Object.assign(t, {kind: 'operator', sign: 'x', pieces: [piece('x', '×', {latex: '\\times'})]});
    });
    markBrackets(tokens);
    for (let changed = true; changed;) {
      changed = false;
      tokens.forEach((t, i) => {
        if (t.kind !== 'letter' || t.formula || !inFormula(tokens, i)) return;
        t.formula = changed = true;
      });
    }
    const plain = (t) => {
      t.pieces = [prose(t.pieces.map((p) => p.raw).join(''))];
    };
    tokens.forEach((t, i) => {
      if (t.kind === 'letter' && !t.formula) plain(t);
      if ((t.kind === 'open' || t.kind === 'close') && !t.formula) plain(t);
      if (t.kind === 'operator' && t.sign !== 'x' && !settleOperator(tokens, i)) plain(t);
    });
    settleRest(tokens, plain);
    return tokens.reduce((all, t) => all.concat(t.pieces), []);
  }

  const isMath = (t) => !!t && t.pieces[0].math;

  // Numbers belong to an operation or to the name that they multiply, spaces to what stands on both sides; roots
  // take their bracket along.
  function settleRest(tokens, plain) {
    tokens.forEach((t, i) => {
      if (t.kind === 'number' && t.pieces.length === 1 && t.pieces[0].text === t.pieces[0].raw) {
        const left = neighbour(tokens, i, -1).token, right = neighbour(tokens, i, 1).token;
        const behind = isMath(left) && /operator|open/.test(left.kind);
        if (!behind && !(isMath(right) && !/number|close/.test(right.kind) && !isMath(left))) plain(t);
      }
      const bracket = tokens[i + 1];
      if (t.kind === 'function' && t.pieces[0].raw === 'sqrt' && bracket && bracket.closes && bracket.formula) {
        bracket.pieces[0].latex = '{';
        tokens[bracket.closes].pieces[0].latex = '}';
      }
    });
    tokens.forEach((t, i) => {
      if (t.kind === 'space' && !(isMath(tokens[i - 1]) && isMath(tokens[i + 1]))) plain(t);
    });
  }

  // ---- writers ----

  const SUPERSCRIPTS = {'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹', '−': '⁻', '+': '⁺'};
  const SUBSCRIPTS = {'0': '₀', '1': '₁', '2': '₂', '3': '₃', '4': '₄', '5': '₅', '6': '₆', '7': '₇', '8': '₈', '9': '₉'};
  const raised = (text, table) => text.split('').every((c) => has(table, c)) ? text.split('').map((c) => table[c]).join('') : null;

  // Text without markup: "p_x(μ⁻)", "x² + y² = 1".
  function plain(text, columns) {
    let last = 0;
    return parse(text, columns).map((p) => {
      const follows = p.level === last;
      last = p.level;
      if (!p.level) return p.text;
      const small = raised(p.text, p.level > 0 ? SUPERSCRIPTS : SUBSCRIPTS);
      return small !== null && !(follows && p.level < 0) ? small : `${follows ? '' : p.level > 0 ? '^' : '_'}${p.text}`;
    }).join('');
  }

  const escapeXml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  const SMALL = 0.72, DOWN = 0.22, UP = -0.36;  // of the size of the text

  // The content of a <text> element; the baseline is back at its height where a piece follows an index.
  function svg(text, columns) {
    let at = 0;
    return parse(text, columns).map((p) => {
      const to = p.level < 0 ? DOWN : p.level > 0 ? UP : 0;
      const scale = p.level ? SMALL : 1;
      const dy = (to - at) / scale;
      at = to;
      const attributes = `${dy ? ` dy="${Number(dy.toFixed(3))}em"` : ''}${p.level ? ` font-size="${SMALL}em"` : ''}${p.italic ? ' font-style="italic"' : ''}`;
      return attributes ? `<tspan${attributes}>${escapeXml(p.text)}</tspan>` : escapeXml(p.text);
    }).join('');
  }

  // Strings and elements. What is typeset is wrapped, with its source in data-text, for those who copy or test.
  function html(text, columns) {
    const {element} = symscan;
    const nodes = [];
    let group = null;
    for (const p of parse(text, columns)) {
      const node = p.level < 0 ? element('sub', {}, p.text) :
          p.level > 0          ? element('sup', {}, p.text) :
          p.italic             ? element('var', {}, p.text) :
                                 p.text;
      if (p.math) {
        if (!group) nodes.push(group = {raw: '', shown: '', children: []});
        group.raw += p.raw;
        group.shown += p.level || p.italic ? '\u0000' : p.text;
        group.children.push(node);
      } else {
        nodes.push(p.text);
        group = null;
      }
    }
    // Neighbouring strings are one: on paper every node of text is an entry of the document's structure.
    return nodes.reduce((all, n) => {
      const made = typeof n === 'string' ? n : n.raw === n.shown ? n.raw : element('span', {class: 'math', 'data-text': n.raw}, ...n.children);
      const last = all.length - 1;
      if (typeof made === 'string' && typeof all[last] === 'string')
        all[last] += made;
      else
        all.push(made);
      return all;
    }, []);
  }

  function formulaLatex(p) {
    const inner = p.latex !== null ? p.latex : /^\s+$/.test(p.raw) ? ' ' : p.text.replace(/−/g, '-').replace(/([{}#%&$])/g, '\\$1');
    return p.level ? `${p.level > 0 ? '^' : '_'}{${inner}}` : inner;
  }

  // Whether a piece is the space beside a name that is set as text, which would be lost in a formula.
  function besideText(pieces, i) {
    if (!/^\s+$/.test(pieces[i].raw) || !pieces[i - 1] || !pieces[i + 1]) return false;
    const near = [pieces[i - 1], pieces[i + 1]];
    return near.some((p) => /^\\text\{/.test(p.latex)) && near.every((p) => p.math && /[A-Za-z0-9}]$/.test(p.latex || p.text));
  }

  // Text with its formulas between $ signs.
  function latex(text, columns) {
    let result = '', formula = '', level = 0;
    const close = () => {
      // Indices of one side are one group, and a control word ends where letters follow.
      result += formula ? `$${formula.replace(/\}(_|\^)\{(?=,)/g, '').trim()}$` : '';
      formula = '';
      level = 0;
    };
    const pieces = parse(text, columns);
    pieces.forEach((p, i) => {
      if (!p.math) {
        close();
        result += escapeLatex(p.text);
        return;
      }
      const next = besideText(pieces, i) ? '\\ ' : formulaLatex(p);
      if (p.level && p.level === level) formula = `${formula.slice(0, -1)}${next.slice(2)}`;
      else formula += (/\\[a-zA-Z]+$/.test(formula) && /^[a-zA-Z]/.test(next) ? ' ' : '') + next;
      level = p.level;
    });
    close();
    return result;
  }

  // Widths of characters of DejaVu Sans, one of the wider sans serif fonts, rather too wide than too narrow; shares of the size.
  const WIDTHS = [
    [0.37, 'ijlı.,:;\'′|` fI/·'], [0.41, 'rt!()[]'], [0.72, 'ABCEKPRSTVXYZU&'], [0.86, 'wMGOQDHN+−<>≤≥≠=×±~^#∞⊕√→'],
    [1, 'mW@%—…'], [0, '\u200b']
  ];
  const WIDTH_OF = {};
  WIDTHS.forEach(([share, characters]) => characters.split('').forEach((c) => {
    WIDTH_OF[c] = share;
  }));
  const characterWidth = (c) => has(WIDTH_OF, c) ? WIDTH_OF[c] : /[\u0300-\u036f]/.test(c) ? 0 : c.charCodeAt(0) > 0x2e80 ? 1.05 : 0.64;

  const width = (text, px, columns) => parse(text, columns).reduce(
      (sum, p) => sum + p.text.split('').reduce((n, c) => n + characterWidth(c), 0) * px * (p.level ? SMALL : 1), 0);

  symscan.math = {parse, html, svg, latex, plain, width, escapeLatex, source, name: nameText, column: columnText};
}
