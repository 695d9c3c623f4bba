// Draws a figure, given as traces and a layout, as SVG text: the same in the page and in files without a browser. The words for
// traces and layouts are those of plotly, as far as they are known here. Pure functions: no document, no window.
'use strict';
{
  const TICK = 11.5, TITLE = 13, LEGEND = 12, TICK_LENGTH = 4;
  const n = symscan.svgNumber;

  // A text with its typesetting. anchor: start, middle, end; turned: degrees about the point; middle: centred on y.
  symscan.svgText = function(text, x, y, {size = TICK, colour, anchor = 'start', turned = 0, middle = false, weight = ''} = {}) {
    const turn = turned ? ` transform="rotate(${turned} ${n(x)} ${n(y)})"` : '';
    return `<text x="${n(x)}" y="${n(middle ? y + 0.35 * size : y)}" font-size="${n(size)}" fill="${colour || symscan.theme().text}" text-anchor="${
        anchor}"${weight ? ` font-weight="${weight}"` : ''}${turn}>${symscan.math.svg(String(text))}</text>`;
  };
  const width = (text, size) => symscan.textWidth(text, size);

  // The largest size up to `size` at which the text fits, and the text, cut in its middle if it never does.
  function fitted(text, size, room) {
    const wide = width(text, size);
    if (wide <= room) return {text, size};
    const smaller = Math.max(9, (size * room) / wide);
    if (width(text, smaller) <= room + 1) return {text, size: smaller};
    let keep = text.length;
    const cut = () => `${text.slice(0, Math.ceil(keep / 2))}…${text.slice(text.length - Math.floor(keep / 2))}`;
    while (keep > 2 && width(cut(), smaller) > room) --keep;
    return {text: cut(), size: smaller};
  }

  const titleOf = (axis) => (typeof axis.title === 'string' ? axis.title : (axis.title && axis.title.text) || '');
  const nameOf = (letter, index) => `${letter}axis${index > 1 ? index : ''}`;
  const indexOf = (name, letter) => Number(String(name || letter).slice(1)) || 1;

  // Every axis that a trace or the grid uses, with its traces and range.
  function collectAxes(traces, layout) {
    const axes = {x: {}, y: {}};
    const add = (letter, index) => {
      const name = nameOf(letter, index);
      if (!axes[letter][index]) axes[letter][index] = {letter, index, spec: layout[name] || {}, traces: []};
      return axes[letter][index];
    };
    for (const trace of traces) {
      add('x', indexOf(trace.xaxis, 'x')).traces.push(trace);
      add('y', indexOf(trace.yaxis, 'y')).traces.push(trace);
    }
    for (const letter of ['x', 'y'])
      for (const axis of Object.values(axes[letter])) {
        axis.range = symscan.axisRange(axis.spec, axis.traces, letter);
        axis.size = axis.spec.tickfont && axis.spec.tickfont.size ? Math.min(axis.spec.tickfont.size, TICK) : TICK;
        if (axis.spec.autorange === 'reversed') axis.range.reverse();
      }
    return axes;
  }

  // Share of the plot's width or height, and neighbours: whether labels stand between panels.
  function placeInGrid(axes, grid) {
    if (!grid) return;
    const independent = grid.pattern === 'independent';
    for (const letter of ['x', 'y'])
      for (const axis of Object.values(axes[letter])) {
        const k = axis.index - 1;
        axis.cell = independent ? {row: Math.floor(k / grid.columns), column: k % grid.columns} :
                                  {row: letter === 'y' ? k : grid.rows - 1, column: letter === 'x' ? k : 0};
      }
  }

  // Pixels that labels and title of an axis need beside the panel.
  function needed(axis, length) {
    if (axis.spec.visible === false) return 0;
    axis.ticks = symscan.axisTicks(axis.spec, axis.range, length, axis.letter === 'y', axis.size);
    const labels = axis.spec.showticklabels === false ? [] : axis.ticks;
    const widest = Math.max(0, ...labels.map((tick) => width(tick.text, axis.size)));
    const title = titleOf(axis.spec) ? TITLE + 7 : 0;
    axis.slanted = false;
    if (axis.letter === 'y') return Math.min(widest, 170) + TICK_LENGTH + 5 + title;
    if (axis.spec.tickvals && labels.length > 1) {
      const room = length / labels.length;
      axis.slanted = labels.some((tick) => width(tick.text, axis.size) > room - 4);
    }
    axis.labelHeight = axis.slanted ? Math.min(120, 0.72 * widest + 0.7 * axis.size) : axis.size;
    return axis.labelHeight + TICK_LENGTH + 6 + title;
  }

  // Left and top of the plot, its width and height, and every axis' place within it, in pixels.
  function arrange(axes, layout, size, top, right) {
    const grid = layout.grid, xs = Object.values(axes.x), ys = Object.values(axes.y);
    const columns = grid ? grid.columns : 1, rows = grid ? grid.rows : 1;
    const independent = grid && grid.pattern === 'independent';
    const firstColumn = ys.filter((a) => !a.cell || a.cell.column === 0), inner = ys.filter((a) => a.cell && a.cell.column > 0);
    const lastRow = xs.filter((a) => !a.cell || a.cell.row === rows - 1), above = xs.filter((a) => a.cell && a.cell.row < rows - 1);
    const share = (axis) => (axis.spec.domain ? axis.spec.domain[1] - axis.spec.domain[0] : 1);
    let plot = {left: 50, top, width: size.width - 66 - right, height: size.height - top - 50};
    const gap = {x: 0, y: 0};
    for (let pass = 0; pass < 2; ++pass) {
      const wide = (plot.width - (columns - 1) * gap.x) / columns, high = (plot.height - (rows - 1) * gap.y) / rows;
      const most = (list, length) => Math.max(0, ...list.map((a) => needed(a, length * share(a))));
      const bottom = most(lastRow, wide), left = most(firstColumn, high);
      gap.x = columns < 2 ? 0 : independent ? most(inner, high) + 12 : 12;
      gap.y = rows < 2 ? 0 : independent ? most(above, wide) + 12 : 10;
      plot = {left: left + 4, top, width: size.width - left - 16 - right, height: size.height - top - bottom - 6};
    }
    const wide = (plot.width - (columns - 1) * gap.x) / columns, high = (plot.height - (rows - 1) * gap.y) / rows;
    const place = (axis) => {
      const [a, b] = axis.spec.domain || [0, 1];
      if (axis.letter === 'x')
        return axis.cell ? [plot.left + axis.cell.column * (wide + gap.x), wide] : [plot.left + a * plot.width, (b - a) * plot.width];
      return axis.cell ? [plot.top + axis.cell.row * (high + gap.y), high] : [plot.top + (1 - b) * plot.height, (b - a) * plot.height];
    };
    for (const axis of xs.concat(ys)) [axis.start, axis.length] = place(axis);
    return plot;
  }

  // Widens the range of one axis until a unit has as many pixels as on the axis that it is bound to.
  function keepScale(axes) {
    for (const axis of Object.values(axes.y).concat(Object.values(axes.x))) {
      if (!axis.spec.scaleanchor) continue;
      const other = axes[axis.spec.scaleanchor[0]][indexOf(axis.spec.scaleanchor, axis.spec.scaleanchor[0])];
      if (!other) continue;
      const per = (a) => (a.range[1] - a.range[0]) / a.length;
      const widen = (a, target) => {
        const middle = (a.range[0] + a.range[1]) / 2, half = (target * a.length) / 2;
        a.range = [middle - half, middle + half];
      };
      if (per(axis) < per(other))
        widen(axis, per(other));
      else
        widen(other, per(axis));
    }
    for (const letter of ['x', 'y'])
      for (const axis of Object.values(axes[letter]))
        axis.ticks = symscan.axisTicks(axis.spec, axis.range, axis.length, letter === 'y', axis.size);
  }

  // Titles at the room of their axes: long names are cut so that they stay as different as they are.
  function shortenTitles(axes) {
    const all = Object.values(axes.x).concat(Object.values(axes.y)).filter((axis) => titleOf(axis.spec));
    const names = all.map((axis) => titleOf(axis.spec));
    for (let most = 60; most >= 8; most -= 2) {
      const short = symscan.shortLabels(names, most);
      all.forEach((axis, i) => {
        axis.title = short[i];
      });
      if (all.every((axis) => width(axis.title, 9) <= roomOfTitle(axis))) return;
    }
  }
  // Titles of panels beside each other must not touch.
  const roomOfTitle = (axis) => axis.length + (axis.cell ? -2 : axis.letter === 'x' ? 24 : 16);

  const place = (axis, value) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return null;
    if (axis.spec.type === 'log' && !(value > 0)) return null;
    const scaled = axis.spec.type === 'log' ? Math.log(value) / Math.LN10 : value;
    return pixel(axis, scaled);
  };
  function pixel(axis, scaled) {
    const share = (scaled - axis.range[0]) / (axis.range[1] - axis.range[0]);
    return axis.letter === 'x' ? axis.start + share * axis.length : axis.start + (1 - share) * axis.length;
  }

  // Where an axis stands: below (left of) its own panel.
  function besides(axis, axes, plot) {
    if (axis.letter === 'x') {
      const own = axis.cell && axes.y[axis.index];
      const beside = own && own.cell.column === axis.cell.column && own.cell.row === axis.cell.row;
      const y = axis.cell ? axes.y[beside ? axis.index : lastIndex(axes.y)] :
                            axis.spec.anchor ? axes.y[indexOf(axis.spec.anchor, 'y')] : null;
      return y ? y.start + y.length : plot.top + plot.height;
    }
    const x = axis.cell ? Object.values(axes.x).filter((other) => other.cell.column === axis.cell.column)[0] : null;
    return x ? x.start : plot.left;
  }
  const lastIndex = (axes) => Math.max(...Object.keys(axes).map(Number));

  function drawXAxis(axis, at, t) {
    let out = `<path d="M${n(axis.start)} ${n(at)}h${n(axis.length)}" stroke="${t.line}"/>`, ticks = '';
    for (const tick of axis.ticks) {
      const x = pixel(axis, tick.at);
      ticks += `M${n(x)} ${n(at)}v${TICK_LENGTH}`;
      if (axis.spec.showticklabels === false) continue;
      const low = at + TICK_LENGTH + 3;
      out += axis.slanted ?
          symscan.svgText(fitted(tick.text, axis.size, 160).text, x + 3, low + 0.7 * axis.size, {size: axis.size, colour: t.muted, anchor: 'end', turned: -45}) :
          symscan.svgText(tick.text, x, low + 0.85 * axis.size, {size: axis.size, colour: t.muted, anchor: 'middle'});
    }
    const title = fitted(axis.title || '', TITLE, roomOfTitle(axis));
    if (title.text)
      out += symscan.svgText(title.text, axis.start + axis.length / 2, at + TICK_LENGTH + 5 + axis.labelHeight + TITLE + 2,
                             {size: title.size, colour: t.muted, anchor: 'middle'});
    return `${out}<path d="${ticks}" stroke="${t.line}"/>`;
  }

  function drawYAxis(axis, at, t) {
    let out = `<path d="M${n(at)} ${n(axis.start)}v${n(axis.length)}" stroke="${t.line}"/>`, ticks = '', widest = 0;
    for (const tick of axis.ticks) {
      const y = pixel(axis, tick.at), text = fitted(tick.text, axis.size, 165);
      ticks += `M${n(at)} ${n(y)}h${-TICK_LENGTH}`;
      if (axis.spec.showticklabels === false) continue;
      widest = Math.max(widest, width(text.text, text.size));
      out += symscan.svgText(text.text, at - TICK_LENGTH - 4, y, {size: text.size, colour: t.muted, anchor: 'end', middle: true});
    }
    const title = fitted(axis.title || '', TITLE, roomOfTitle(axis));
    if (title.text) {
      const x = at - TICK_LENGTH - 9 - widest, y = axis.start + axis.length / 2;
      out += symscan.svgText(title.text, x, y, {size: title.size, colour: t.muted, anchor: 'middle', turned: -90});
    }
    return `${out}<path d="${ticks}" stroke="${t.line}"/>`;
  }

  function gridLines(panel, t) {
    let path = '';
    const {x, y} = panel;
    if (x.spec.showgrid !== false && x.spec.visible !== false)
      for (const tick of x.ticks) path += `M${n(pixel(x, tick.at))} ${n(y.start)}v${n(y.length)}`;
    if (y.spec.showgrid !== false && y.spec.visible !== false)
      for (const tick of y.ticks) path += `M${n(x.start)} ${n(pixel(y, tick.at))}h${n(x.length)}`;
    return path && `<path d="${path}" stroke="${t.grid}" fill="none"/>`;
  }

  // A panel of its own coordinates, so that nothing is drawn outside it.
  function drawPanel(panel, shapes, t, hits) {
    const {x, y} = panel;
    const at = (a, b) => {
      const px = place(x, a), py = place(y, b);
      return px === null || py === null ? null : [px - x.start, py - y.start];
    };
    let out = '';
    for (const shape of shapes) {
      const a = at(shape.x0, shape.y0), b = at(shape.x1, shape.y1);
      if (!a || !b) continue;
      const line = shape.line || {};
      out += shape.type === 'rect' ?
          `<rect x="${n(Math.min(a[0], b[0]))}" y="${n(Math.min(a[1], b[1]))}" width="${n(Math.abs(b[0] - a[0]))}" height="${n(Math.abs(b[1] - a[1]))}" fill="${
              shape.fillcolor || 'none'}" stroke="${line.color || 'none'}"/>` :
          `<path d="M${n(a[0])} ${n(a[1])}L${n(b[0])} ${n(b[1])}" stroke="${line.color || t.muted}" stroke-width="${line.width || 1}"/>`;
    }
    for (const trace of panel.traces) {
      const drawn = symscan.drawTrace(trace, at, x.length);
      out += drawn.svg;
      if (trace.hoverinfo === 'skip') continue;
      for (const [px, py, source, index] of drawn.hits)
        if (px >= -2 && px <= x.length + 2 && py >= -2 && py <= y.length + 2) hits.push([px + x.start, py + y.start, source, index]);
    }
    return `${gridLines(panel, t)}<svg x="${n(x.start)}" y="${n(y.start)}" width="${n(x.length)}" height="${n(y.length)}" overflow="hidden">${out}</svg>`;
  }

  function swatch(trace, x, y) {
    const line = trace.line || {}, marker = trace.marker || {}, middle = y - 4;
    const at = (a, b) => [x + 11 + (a - 0.5) * 18, middle + b];
    if (trace.type === 'bar')
      return `<rect x="${n(x + 5)}" y="${n(y - 9)}" width="12" height="10" fill="${Array.isArray(marker.color) ? marker.color[0] : marker.color}"/>`;
    if (trace.fill === 'toself' && trace.fillcolor) return `<rect x="${n(x + 3)}" y="${n(y - 9)}" width="16" height="10" fill="${trace.fillcolor}"/>`;
    const one = {...trace, fill: null, error_y: null, hovertemplate: null, line: {...line, width: Math.min(line.width || 2, 4)}};
    if ((trace.mode || 'lines').includes('lines') && line.width !== 0) one.x = [0, 1], one.y = [0, 0];
    const lines = one.x && one.x.length === 2 && one.y[0] === 0 && (trace.mode || 'lines').includes('lines') ? symscan.drawTrace({...one, mode: 'lines', x: [0, 1], y: [0, 0]}, at).svg : '';
    if (!(trace.mode || '').includes('markers')) return lines;
    const colour = Array.isArray(marker.color) ? (typeof marker.color[0] === 'string' ? marker.color[0] : symscan.scaleColour(marker.colorscale, 0.5)) : marker.color;
    const dot = symscan.drawTrace({mode: 'markers', x: [0.5], y: [0], marker: {...marker, color: colour, opacity: 1, size: Math.max(6, Math.min(9, marker.size || 6))}}, at).svg;
    return lines + dot;
  }

  // {svg, height}: the names of the traces in rows above the plot, of which they take a quarter of the drawing at most.
  function drawLegend(traces, layout, size, t) {
    const named = traces.filter((trace) => trace.name && trace.showlegend !== false && trace.type !== 'heatmap');
    if (layout.showlegend === false || (named.length < 2 && layout.showlegend !== true)) return {svg: '', height: 0};
    const rows = Math.max(2, Math.floor(size.height / 4 / 19)), more = (k) => `and ${named.length - k} more`;
    let x = 6, y = 15, row = 1, svg = '';
    for (let k = 0; k < named.length; ++k) {
      const trace = named[k], {text, size: font} = fitted(String(trace.name), LEGEND, size.width - 44 - (named.length > rows ? 90 : 0));
      const wide = width(text, font) + 40, reserved = row === rows && k + 1 < named.length ? 90 : 0;
      if (x > 6 && x + wide + reserved > size.width) {
        if (row === rows) {
          svg += symscan.svgText(more(k), x, y, {size: LEGEND, colour: t.muted});
          break;
        }
        x = 6;
        y += 19;
        ++row;
      }
      svg += swatch(trace, x, y) + symscan.svgText(text, x + 26, y, {size: font, colour: t.text});
      x += wide;
    }
    return {svg, height: y + 9};
  }

  // The bar of the first trace that has one: {trace, bar, range}.
  function colourBar(traces) {
    for (const trace of traces) {
      if (trace.type === 'heatmap' && trace.colorbar && trace.showscale !== false) {
        const known = trace.z.reduce((all, row) => all.concat(row.filter((v) => v !== null)), []);
        return {bar: trace.colorbar, scale: trace.colorscale, reversed: trace.reversescale, range: [trace.zmin ?? Math.min(...known), trace.zmax ?? Math.max(...known)]};
      }
      const marker = trace.marker;
      if (marker && marker.colorbar && Array.isArray(marker.color) && marker.color.length)
        return {bar: marker.colorbar, scale: marker.colorscale, reversed: marker.reversescale, range: symscan.colourRange(marker)};
    }
    return null;
  }

  function barWidth(found, height) {
    if (!found) return 0;
    found.axis = {letter: 'y', spec: {tickvals: found.bar.tickvals, nticks: 6}, range: found.range, size: 11, start: 0, length: height};
    found.axis.ticks = symscan.axisTicks(found.axis.spec, found.range, height, true, 11);
    found.labels = Math.max(0, ...found.axis.ticks.map((tick) => width(tick.text, 11)));
    return 14 + 12 + 8 + found.labels + (titleOf(found.bar) ? 20 : 0);
  }

  function drawBar(found, plot, size, t) {
    if (!found) return '';
    const {axis, range, scale, reversed} = found, steps = 32;
    const x = size.width - barWidth(found, plot.height) + 12;
    axis.start = plot.top;
    axis.length = plot.height;
    axis.ticks = symscan.axisTicks(axis.spec, range, plot.height, true, 11);
    let out = '';
    for (let k = 0; k < steps; ++k)
      out += `<rect x="${n(x)}" y="${n(plot.top + plot.height * (1 - (k + 1) / steps))}" width="12" height="${n(plot.height / steps + 0.6)}" fill="${
          symscan.scaleColour(scale, k / (steps - 1), reversed)}"/>`;
    for (const tick of axis.ticks) out += symscan.svgText(tick.text, x + 17, pixel(axis, tick.at), {size: 11, colour: t.muted, middle: true});
    const title = fitted(titleOf(found.bar), LEGEND, plot.height + 10);
    if (title.text)
      out += symscan.svgText(title.text, x + 22 + found.labels + 11, plot.top + plot.height / 2, {size: title.size, colour: t.muted, anchor: 'middle', turned: -90});
    return `<g>${out}</g>`;
  }

  // The size at which a text fits between its neighbours, `within` units of the x axis; 0 if none does.
  function withinCell(a, axes) {
    const axis = axes.x[indexOf(a.xref, 'x')];
    const room = Math.abs(place(axis, a.x + a.within) - place(axis, a.x)) - 4, size = (a.font && a.font.size) || 12;
    const smaller = Math.min(size, (size * room) / width(a.text, size));
    return smaller < 8.5 ? 0 : smaller;
  }

  function drawAnnotations(list, axes, plot) {
    return (list || []).map((a) => {
      const along = (value, ref, letter) => {
        if (ref === 'paper') return letter === 'x' ? plot.left + value * plot.width : plot.top + (1 - value) * plot.height;
        const axis = axes[letter][indexOf(ref, letter)];
        return axis ? place(axis, value) : null;
      };
      const x = along(a.x, a.xref, 'x'), y = along(a.y, a.yref, 'y'), font = a.font || {};
      if (x === null || y === null || !a.text) return '';
      const anchor = {left: 'start', right: 'end'}[a.xanchor] || 'middle';
      const size = a.within ? withinCell(a, axes) : font.size || 12;
      if (!size) return '';
      const down = {top: 0.85 * size, bottom: -0.25 * size}[a.yanchor];
      return symscan.svgText(a.text, x, down === undefined ? y : y + down, {size, colour: font.color, anchor, middle: down === undefined});
    }).join('');
  }

  // Bars of several traces stand beside each other.
  function besideEachOther(traces) {
    const bars = traces.filter((trace) => trace.type === 'bar');
    if (bars.length < 2) return traces;
    return traces.map((trace) => {
      const k = bars.indexOf(trace);
      if (k < 0) return trace;
      const one = 0.8 / bars.length;
      return {...trace, width: 0.92 * one, offset: (k - (bars.length - 1) / 2) * one};
    });
  }

  function panelsOf(traces, axes) {
    const panels = [], known = {};
    for (const trace of traces) {
      const x = axes.x[indexOf(trace.xaxis, 'x')], y = axes.y[indexOf(trace.yaxis, 'y')], key = `${x.index} ${y.index}`;
      if (!known[key]) panels.push(known[key] = {x, y, traces: []});
      known[key].traces.push(trace);
    }
    return panels;
  }

  // figure: {traces, layout}; size: {width, height} in pixels. {svg: the inner SVG, hits: [[x, y, trace, index]]}.
  symscan.draw = function(figure, size) {
    const t = symscan.theme(), layout = figure.layout, hits = [];
    const traces = besideEachOther(figure.traces);
    const axes = collectAxes(traces, layout);
    placeInGrid(axes, layout.grid);
    const legend = drawLegend(traces, layout, size, t), found = colourBar(traces);
    const top = Math.max(10, legend.height + 4);
    const plot = arrange(axes, layout, size, top, barWidth(found, size.height - top - 50));
    keepScale(axes);
    shortenTitles(axes);
    let out = legend.svg;
    panelsOf(traces, axes).forEach((panel) => {
      const shapes = (layout.shapes || []).filter((s) => indexOf(s.xref, 'x') === panel.x.index && indexOf(s.yref, 'y') === panel.y.index);
      out += drawPanel(panel, shapes, t, hits);
    });
    for (const axis of Object.values(axes.x))
      if (axis.spec.visible !== false) out += drawXAxis(axis, besides(axis, axes, plot), t);
    for (const axis of Object.values(axes.y))
      if (axis.spec.visible !== false) out += drawYAxis(axis, besides(axis, axes, plot), t);
    out += drawAnnotations(layout.annotations, axes, plot) + drawBar(found, plot, size, t);
    return {svg: out, hits};
  };
}

// A figure as a file of its own: white ground, its caption and its text alternative inside.
symscan.svgFile = function(figure, size, name) {
  const escape = symscan.svgEscape;
  const colours = symscan.setPrinting ? symscan.inLight(() => symscan.draw(figure, size)) : symscan.draw(figure, size);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${
      size.width} ${size.height}" role="img" font-family='${symscan.FONT}'><title>${escape(symscan.math.source(figure.caption || name))}</title><desc>${
      escape(symscan.math.source(figure.text || ''))}</desc><rect width="100%" height="100%" fill="#ffffff"/>${colours.svg}</svg>\n`;
};
