// Axes of a figure: ranges from the data, round ticks, labels. Pure functions: no document, no window.
'use strict';
{
  const finite = (values) => values.filter((x) => x !== null && x !== undefined && Number.isFinite(x));

  // Every number that a trace has along an axis ("x" or "y"), with its error bars.
  function numbersAlong(trace, axis) {
    if (trace.type === 'heatmap') {
      const {x, y} = symscan.cellCentres(trace);
      const centres = axis === 'x' ? x : y;
      const half = centres.length > 1 ? Math.abs(centres[1] - centres[0]) / 2 : 0.5;
      return [centres[0] - half, centres[centres.length - 1] + half, centres[0] + half, centres[centres.length - 1] - half];
    }
    const values = trace[axis] || [];
    const error = axis === 'y' && trace.error_y && trace.error_y.visible !== false ? trace.error_y : null;
    if (!error) return values;
    const all = values.slice();
    values.forEach((value, i) => {
      if (value === null || value === undefined) return;
      all.push(value + (error.array[i] || 0), value - ((error.arrayminus || error.array)[i] || 0));
    });
    return all;
  }

  // [low, high] of an axis; of a logarithmic one in powers of ten, as layouts give them too.
  symscan.axisRange = function(axis, traces, letter) {
    const log = axis.type === 'log';
    if (axis.range) return axis.range.slice();
    let values = [];
    let tight = true, zero = axis.rangemode === 'tozero';
    for (const trace of traces) {
      values = values.concat(finite(numbersAlong(trace, letter)));
      if (trace.type !== 'heatmap' && trace.fill !== 'toself') tight = false;
      if (trace.type === 'bar' && letter === 'y') zero = true;
    }
    if (log) values = values.filter((x) => x > 0).map((x) => Math.log(x) / Math.LN10);
    if (!values.length) return [0, 1];
    let [low, high] = symscan.extent(values);
    if (zero && !log) {
      low = Math.min(0, low);
      high = Math.max(0, high);
    }
    if (tight && high > low) return [low, high];
    const pad = high > low ? 0.05 * (high - low) : log ? 0.5 : Math.abs(high) * 0.1 || 0.5;
    const keepsZero = zero && !log;
    return [keepsZero && low === 0 ? 0 : low - pad, keepsZero && high === 0 ? 0 : high + pad];
  };

  function niceStep(width, count) {
    const raw = width / Math.max(1, count);
    const power = Math.pow(10, Math.floor(Math.log(raw) / Math.LN10));
    const part = raw / power;
    return (part <= 1.0001 ? 1 : part <= 2.0001 ? 2 : part <= 5.0001 ? 5 : 10) * power;
  }

  const minus = (text) => text.replace('-', '−');

  // As many decimals as the step has; powers of ten far from 1.
  function tickText(value, step, largest) {
    if (Math.abs(value) < step / 1e6) return '0';
    if (largest >= 1e5 || step < 1e-4) {
      const digits = Math.max(0, Math.min(4, Math.floor(Math.log(Math.abs(value)) / Math.LN10 + 1e-9) - Math.floor(Math.log(step) / Math.LN10 + 1e-9)));
      return value.toExponential(digits).replace('e+', 'e');
    }
    const decimals = Math.max(0, -Math.floor(Math.log(step) / Math.LN10 + 1e-9));
    return minus(value.toFixed(Math.min(decimals, 10)));
  }

  function linearTicks(low, high, axis, count) {
    const step = axis.dtick > 0 ? axis.dtick : niceStep(high - low, count);
    const largest = Math.max(Math.abs(low), Math.abs(high));
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k <= high / step + 1e-9 && ticks.length < 200; ++k)
      ticks.push({at: k * step, text: tickText(k * step, step, largest)});
    return ticks;
  }

  const powerText = (exponent) => `10^${exponent}`;

  function logTicks(low, high, count) {
    const ticks = [], first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9);
    const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, count)));
    for (let e = first; e <= last; e += every) ticks.push({at: e, text: powerText(e)});
    if (ticks.length > 2) return ticks;
    // Less than three decades: 1, 2 and 5, written out.
    const few = [];
    for (let e = first - 1; e <= last; ++e)
      for (const digit of [1, 2, 5]) {
        const at = e + Math.log(digit) / Math.LN10;
        if (at < low - 1e-9 || at > high + 1e-9) continue;
        const value = digit * Math.pow(10, e);
        few.push({at, text: e < -3 || e > 4 ? `${digit}e${e}` : minus(String(Number(value.toPrecision(3))))});
      }
    return few;
  }

  // Ticks within the range, at most so many that their labels stay apart in `length` pixels.
  symscan.axisTicks = function(axis, range, length, vertical, size) {
    const low = Math.min(range[0], range[1]), high = Math.max(range[0], range[1]);
    if (!(high > low)) return [];
    if (axis.tickvals) {
      const place = axis.type === 'log' ? (x) => Math.log(x) / Math.LN10 : (x) => x;
      const texts = axis.ticktext || axis.tickvals.map((x) => minus(String(Number(x.toPrecision(4)))));
      return axis.tickvals.map((x, i) => ({at: place(x), text: String(texts[i]), named: !!axis.ticktext}))
          .filter((tick) => tick.at >= low - 1e-9 && tick.at <= high + 1e-9);
    }
    const most = Math.max(2, Math.floor(length / (vertical ? 34 : 60)));
    let count = Math.min(axis.nticks || 7, most);
    for (;; --count) {
      const ticks = axis.type === 'log' ? logTicks(low, high, count) : linearTicks(low, high, axis, count);
      const room = ticks.length > 1 ? (length * Math.abs(ticks[1].at - ticks[0].at)) / (high - low) : length;
      const widest = Math.max(0, ...ticks.map((tick) => symscan.textWidth(tick.text, size)));
      if (count <= 1 || (vertical ? room >= 1.3 * size : room >= widest + 10)) return ticks;
      if (axis.dtick > 0) return everyOther(ticks, room, vertical ? 1.3 * size : widest + 10);
    }
  };

  function everyOther(ticks, room, needed) {
    const step = Math.ceil(needed / Math.max(room, 0.1));
    return ticks.filter((_, i) => i % step === 0);
  }

  symscan.textWidth = (text, size) => symscan.math.width(String(text), size);

  symscan.cellCentres = function(trace) {
    const columns = trace.z.length ? trace.z[0].length : 0;
    return {x: trace.x || Array.from({length: columns}, (_, i) => i), y: trace.y || trace.z.map((_, i) => i)};
  };

  // "%{y:.3g} nats<br>..." with the numbers of one point; "<extra>" holds the name of the series.
  symscan.hoverText = function(trace, index) {
    const point = {
      x: trace.x ? trace.x[index] : null,
      y: trace.y ? trace.y[index] : null,
      text: trace.text ? trace.text[index] : '',
      customdata: trace.customdata ? trace.customdata[index] : '',
      'marker.color': trace.marker && Array.isArray(trace.marker.color) ? trace.marker.color[index] : null
    };
    if (trace.type === 'heatmap') {
      const columns = trace.z[0].length, row = Math.floor(index / columns), column = index % columns;
      const {x, y} = symscan.cellCentres(trace);
      Object.assign(point, {
        x: x[column], y: y[row], z: trace.z[row][column],
        customdata: trace.customdata ? trace.customdata[row][column] : ''
      });
    }
    const fill = (text) => text.replace(/%\{([a-z.]+)(?::\.(\d)([gf]))?\}/g, (all, name, digits, kind) => {
      const value = point[name];
      if (typeof value !== 'number' || digits === undefined) return value === null || value === undefined ? '–' : String(value);
      return minus(kind === 'f' ? value.toFixed(digits) : String(Number(value.toPrecision(digits))));
    });
    const parts = String(trace.hovertemplate).split('<extra>');
    const lines = parts[0].split('<br>').map(fill);
    const name = parts.length > 1 ? fill(parts[1].replace('</extra>', '')) : '';
    return (name ? [name] : []).concat(lines);
  };
}
