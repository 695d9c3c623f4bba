// The curve that an equation leaves of a plane: reads a printed equation of two columns, such as "x^2 + 4 y^2 = 4" or
// "p^2 - 2 cos(q) = 1.61", and follows its zeros over a grid. Pure functions.
'use strict';
{
  const CELLS = 110;  // along each side of the grid
  const FUNCTIONS = ['sqrt', 'cos', 'sin', 'tan', 'exp', 'log'];

  // A reader of `text`; everything it reads becomes a function of a point, or null where it cannot be read.
  function readerOf(text, columns) {
    let at = 0;
    const order = columns.map((_, i) => i).sort((a, b) => columns[b].length - columns[a].length);
    const take = (word) => {
      if (text.slice(at, at + word.length) !== word) return false;
      at += word.length;
      return true;
    };
    const match = (pattern) => {
      const found = pattern.exec(text.slice(at));
      if (found) at += found[0].length;
      return found ? found[0] : null;
    };
    const rest = () => text.slice(at);

    function name() {
      for (const i of order) {
        const before = at;
        if (take('`' + columns[i] + '`') || (take(columns[i]) && !/^\w/.test(rest()))) return i;
        at = before;
      }
      return -1;
    }
    function base() {
      const column = name();
      if (column >= 0) return (point) => point[column];
      const word = FUNCTIONS.find((f) => take(`${f}(`));
      if (word || take('(')) {
        const inside = sum();
        if (!inside || !take(')')) return null;
        return word ? (point) => Math[word](inside(point)) : inside;
      }
      const digits = match(/^\d+(\.\d+)?(e[+-]?\d+)?/);
      return digits === null ? null : () => Number(digits);
    }
    function factor() {
      const value = base();
      if (!value || !take('^')) return value;
      const inside = take('(');
      const power = inside ? sum() : number();
      if (!power || (inside && !take(')'))) return null;
      return (point) => Math.pow(value(point), power(point));
    }
    function number() {
      const digits = match(/^-?\d+(\.\d+)?/);
      return digits === null ? null : () => Number(digits);
    }
    function product() {
      let value = factor();
      while (value) {
        const before = at;
        const below = take('/') || take(' / ');
        const next = below || take(' ') || take('*') ? factor() : null;
        if (!next) {
          at = before;
          return value;
        }
        const left = value;
        value = below ? (point) => left(point) / next(point) : (point) => left(point) * next(point);
      }
      return null;
    }
    function sum() {
      const minus = take('-');
      const first = product();
      if (!first) return null;
      let value = minus ? (point) => -first(point) : first;
      for (;;) {
        const sign = take(' + ') ? 1 : take(' - ') ? -1 : 0;
        if (!sign) return value;
        const left = value, right = product();
        if (!right) return null;
        value = (point) => left(point) + sign * right(point);
      }
    }
    return {sum, take, rest};
  }

  // Left side less right side as a function of a point; null if the equation cannot be read as a whole.
  symscan.equationFunction = function(equation, columns) {
    const reader = readerOf(equation, columns);
    const left = reader.sum();
    if (!left || !reader.take(' = ')) return null;
    const right = reader.sum();
    // A unit, and "within 9 %", may follow.
    if (!right || !/^( [A-Za-z][A-Za-z^0-9\/]*)?( within .*)?$/.test(reader.rest())) return null;
    return (point) => left(point) - right(point);
  };

  // Segments of the curve within range.x and range.y, broken by null: {x, y}; null if there are none.
  symscan.implicitCurve = function(equation, columns, range) {
    const f = symscan.equationFunction(equation, columns);
    if (!f) return null;
    const along = ([low, high], k) => low + ((high - low) * k) / CELLS;
    const grid = [];
    for (let j = 0; j <= CELLS; ++j) {
      const row = [];
      for (let i = 0; i <= CELLS; ++i) row.push(f([along(range.x, i), along(range.y, j)]));
      grid.push(row);
    }
    const x = [], y = [];
    // Where the sign changes along one side of a cell, from (i, j) to (k, l).
    const crossing = (i, j, k, l) => {
      const a = grid[j][i], b = grid[l][k];
      if (!Number.isFinite(a) || !Number.isFinite(b) || (a < 0) === (b < 0)) return null;
      const t = a / (a - b);
      return [along(range.x, i + t * (k - i)), along(range.y, j + t * (l - j))];
    };
    for (let j = 0; j < CELLS; ++j)
      for (let i = 0; i < CELLS; ++i) {
        const ends = [
          crossing(i, j, i + 1, j), crossing(i + 1, j, i + 1, j + 1), crossing(i, j + 1, i + 1, j + 1), crossing(i, j, i, j + 1)
        ].filter((p) => p !== null);
        for (let k = 0; k + 1 < ends.length; k += 2) {
          x.push(ends[k][0], ends[k + 1][0], null);
          y.push(ends[k][1], ends[k + 1][1], null);
        }
      }
    return x.length ? {x, y} : null;
  };
}
