// What a trace becomes in its panel, as SVG: points, lines, areas, bars, cells, error bars. Many points are one path of dots,
// so that thousands of them stay small in the file, in print and on the page. Pure functions.
'use strict';
{
  const LEVELS = 40;        // colours of a scale
  const DOTS_AT_ONCE = 250;  // drawn colour by colour; more would let the last colours cover the others
  const DASHES = {dash: '6 4', dot: '2 3'};
  const VIRIDIS = [
    '#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'
  ];

  const n = (x) => String(Math.round(x * 10) / 10);
  const escape = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  symscan.svgNumber = n;
  symscan.svgEscape = escape;

  const channel = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const hex = (x) => (x < 16 ? '0' : '') + Math.round(x).toString(16);

  // The colour of a number between 0 and 1.
  symscan.scaleColour = function(scale, share, reversed) {
    const stops = Array.isArray(scale) ? scale : VIRIDIS.map((c, i) => [i / (VIRIDIS.length - 1), c]);
    const at = Math.max(0, Math.min(1, reversed ? 1 - share : share));
    let k = 1;
    while (k < stops.length - 1 && stops[k][0] < at) ++k;
    const [a, low] = stops[k - 1], [b, high] = stops[k];
    const part = b > a ? (at - a) / (b - a) : 0;
    return '#' + [0, 1, 2].map((i) => hex(channel(low, i) + part * (channel(high, i) - channel(low, i)))).join('');
  };

  // Black or white, whichever is easier to read on a colour.
  symscan.textOn = function(colour) {
    const linear = [0, 1, 2].map((i) => channel(colour, i) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? '#000000' : '#ffffff';
  };

  const SHAPES = {
    square: (x, y, r) => `M${n(x - r)} ${n(y - r)}h${n(2 * r)}v${n(2 * r)}h${n(-2 * r)}z`,
    diamond: (x, y, r) => `M${n(x)} ${n(y - 1.3 * r)}l${n(1.3 * r)} ${n(1.3 * r)}l${n(-1.3 * r)} ${n(1.3 * r)}l${n(-1.3 * r)} ${n(-1.3 * r)}z`,
    'triangle-up': (x, y, r) => `M${n(x)} ${n(y - 1.2 * r)}l${n(1.2 * r)} ${n(2 * r)}h${n(-2.4 * r)}z`,
    'triangle-down': (x, y, r) => `M${n(x)} ${n(y + 1.2 * r)}l${n(1.2 * r)} ${n(-2 * r)}h${n(-2.4 * r)}z`,
    cross: (x, y, r) => `M${n(x - r)} ${n(y - r / 3)}h${n(r * 2 / 3)}v${n(-r * 2 / 3)}h${n(r * 2 / 3)}v${n(r * 2 / 3)}h${n(r * 2 / 3)}v${
        n(r * 2 / 3)}h${n(-r * 2 / 3)}v${n(r * 2 / 3)}h${n(-r * 2 / 3)}v${n(-r * 2 / 3)}h${n(-r * 2 / 3)}z`,
    pentagon: (x, y, r) => polygon(x, y, 1.15 * r, 5, 1),
    star: (x, y, r) => polygon(x, y, 1.4 * r, 10, 0.5),
    'line-ew': (x, y, r) => `M${n(x - r)} ${n(y - 1.3)}h${n(2 * r)}v2.6h${n(-2 * r)}z`,
  };
  function polygon(x, y, r, corners, inner) {
    const at = [];
    for (let k = 0; k < corners; ++k) {
      const angle = -Math.PI / 2 + (2 * Math.PI * k) / corners, size = k % 2 ? inner * r : r;
      at.push(`${n(x + size * Math.cos(angle))} ${n(y + size * Math.sin(angle))}`);
    }
    return `M${at.join('L')}z`;
  }

  // Points of one colour: round ones as a path of dots.
  function dots(points, size, colour, symbol) {
    if (!points.length) return '';
    if (SHAPES[symbol])
      return `<path d="${points.map(([x, y]) => SHAPES[symbol](x, y, size / 2)).join('')}" fill="${colour}"/>`;
    return `<path d="${points.map(([x, y]) => `M${n(x)} ${n(y)}h.01`).join('')}" stroke="${colour}" stroke-width="${
        n(size)}" stroke-linecap="round" fill="none"/>`;
  }

  // The range of a colour scale.
  symscan.colourRange = function(marker) {
    const known = marker.color.filter((x) => x !== null && Number.isFinite(x));
    const low = marker.cmin ?? known.reduce((a, b) => Math.min(a, b), Infinity);
    const high = marker.cmax ?? known.reduce((a, b) => Math.max(a, b), -Infinity);
    return [low, high];
  };

  function colouredDots(points, marker, size) {
    if (typeof marker.color[0] === 'string')
      return points.map((p) => dots([p], size, marker.color[p[2]], marker.symbol)).join('');
    const [low, high] = symscan.colourRange(marker);
    const level = (value) => Math.round((LEVELS - 1) * Math.max(0, Math.min(1, (value - low) / (high - low || 1))));
    const parts = [];
    for (let first = 0; first < points.length; first += DOTS_AT_ONCE) {
      const byLevel = {};
      for (const point of points.slice(first, first + DOTS_AT_ONCE)) {
        const value = marker.color[point[2]];
        if (value === null || !Number.isFinite(value)) continue;
        const key = level(value);
        (byLevel[key] = byLevel[key] || []).push(point);
      }
      for (const key of Object.keys(byLevel))
        parts.push(dots(byLevel[key], size, symscan.scaleColour(marker.colorscale, key / (LEVELS - 1), marker.reversescale), marker.symbol));
    }
    return parts.join('');
  }

  function markers(trace, points) {
    const marker = trace.marker || {}, size = marker.size || 6;
    const opacity = marker.opacity !== undefined && marker.opacity < 1 ? ` opacity="${marker.opacity}"` : '';
    const outline = marker.line && marker.line.width && marker.symbol !== 'line-ew' ? dots(points, size + 2 * marker.line.width, marker.line.color) : '';
    if (marker.symbol === 'line-ew')
      return `<g${opacity}>${dots(points, size, marker.line ? marker.line.color : marker.color, marker.symbol)}</g>`;
    const drawn = Array.isArray(marker.color) ? colouredDots(points, marker, size) : dots(points, size, marker.color || '#000000', marker.symbol);
    return `<g${opacity}>${outline}${drawn}</g>`;
  }

  // Lines, broken where a value is missing. Neighbours closer than a tenth of a pixel are one point.
  function polyline(trace, at) {
    let path = '', pen = 'M', last = null;
    for (let i = 0; i < trace.x.length; ++i) {
      const p = at(trace.x[i], trace.y[i]);
      if (!p) {
        pen = 'M';
        last = null;
        continue;
      }
      const text = `${n(p[0])} ${n(p[1])}`;
      if (text === last && pen === 'L') continue;
      path += pen + text;
      last = text;
      pen = 'L';
    }
    return path;
  }

  function errorBars(trace, at, points) {
    const error = trace.error_y;
    if (!error || error.visible === false) return '';
    let path = '';
    for (const [x, , i] of points) {
      const up = error.array[i] || 0, down = (error.arrayminus || error.array)[i] || 0;
      if (!(up > 0 || down > 0)) continue;
      const high = at(trace.x[i], trace.y[i] + up), low = at(trace.x[i], trace.y[i] - down);
      if (!high || !low) continue;
      const cap = error.width ?? 3;
      path += `M${n(x)} ${n(low[1])}V${n(high[1])}M${n(x - cap)} ${n(high[1])}h${2 * cap}M${n(x - cap)} ${n(low[1])}h${2 * cap}`;
    }
    return path && `<path d="${path}" stroke="${error.color || '#000000'}" stroke-width="${error.thickness || 1.2}" fill="none"/>`;
  }

  function scatter(trace, at, points, room) {
    const mode = trace.mode || 'lines', line = trace.line || {};
    let out = '';
    if (trace.fill === 'toself') out += `<path d="${polyline(trace, at)}z" fill="${trace.fillcolor || 'none'}" stroke="none"/>`;
    if (mode.includes('lines') && line.width !== 0) {
      const dash = DASHES[line.dash] ? ` stroke-dasharray="${DASHES[line.dash]}"` : '';
      out += `<path d="${polyline(trace, at)}" stroke="${line.color || '#000000'}" stroke-width="${line.width || 2}"${
          dash} stroke-linejoin="round" fill="none"/>`;
    }
    out += errorBars(trace, at, points);
    if (mode.includes('markers')) out += markers(trace, points);
    if (mode.includes('text')) {
      const font = trace.textfont || {};
      // Whole within the panel.
      const inside = (x, half) => Math.max(half, Math.min(room - half, x));
      out += points.map(([x, y, i]) => trace.text[i] ?
          symscan.svgText(trace.text[i], inside(x, symscan.textWidth(trace.text[i], font.size || 11.5) / 2 + 2), y, {size: font.size, colour: font.color, anchor: 'middle', middle: true}) :
          '').join('');
    }
    return out;
  }

  function bars(trace, at, points) {
    const colours = (trace.marker || {}).color, opacity = (trace.marker || {}).opacity;
    const zero = at(trace.x[0], 0) || at(trace.x[0], Math.min(...trace.y.filter((y) => y > 0)));
    const out = points.map(([, y, i]) => {
      const centre = trace.x[i] + (trace.offset || 0), half = (trace.width || 0.7) / 2;
      const left = at(centre - half, trace.y[i])[0], right = at(centre + half, trace.y[i])[0];
      const base = zero ? zero[1] : y;
      return `<rect x="${n(left)}" y="${n(Math.min(y, base))}" width="${n(Math.max(0.5, right - left))}" height="${n(Math.abs(base - y))}" fill="${
          Array.isArray(colours) ? colours[i] : colours}"/>`;
    });
    const shifted = points.map(([, y, i]) => [at(trace.x[i] + (trace.offset || 0), trace.y[i])[0], y, i]);
    return `<g${opacity ? ` opacity="${opacity}"` : ''}>${out.join('')}</g>${errorBars(trace, at, shifted)}`;
  }

  function heatmap(trace, at) {
    const {x, y} = symscan.cellCentres(trace);
    const edges = (c) => (i) => (c.length < 2 ? c[0] + i - 0.5 : i === 0 ? c[0] - (c[1] - c[0]) / 2 : i === c.length ? c[i - 1] + (c[i - 1] - c[i - 2]) / 2 : (c[i] + c[i - 1]) / 2);
    const ex = edges(x), ey = edges(y), gap = trace.xgap || 0, byLevel = {};
    const known = trace.z.reduce((all, row) => all.concat(row.filter((v) => v !== null && Number.isFinite(v))), []);
    const low = trace.zmin ?? Math.min(...known), high = trace.zmax ?? Math.max(...known);
    trace.z.forEach((row, j) => row.forEach((value, i) => {
      if (value === null || !Number.isFinite(value)) return;
      const a = at(ex(i), ey(j)), b = at(ex(i + 1), ey(j + 1));
      const key = Math.round((LEVELS - 1) * Math.max(0, Math.min(1, (value - low) / (high - low || 1))));
      const left = Math.min(a[0], b[0]) + gap / 2, top = Math.min(a[1], b[1]) + gap / 2;
      // Cells without a gap overlap a little: no seams.
      const grow = gap ? -gap : 0.6, width = Math.abs(b[0] - a[0]) + grow, height = Math.abs(b[1] - a[1]) + grow;
      (byLevel[key] = byLevel[key] || []).push(`M${n(left)} ${n(top)}h${n(width)}v${n(height)}h${n(-width)}z`);
    }));
    const paths = Object.keys(byLevel).map(
        (key) => `<path d="${byLevel[key].join('')}" fill="${symscan.scaleColour(trace.colorscale, key / (LEVELS - 1), trace.reversescale)}"/>`);
    return `<g shape-rendering="crispEdges"${trace.opacity ? ` opacity="${trace.opacity}"` : ''}>${paths.join('')}</g>`;
  }

  // {svg, hits}: the trace as SVG, and where the reader can point at it: [x, y, trace, index]. room: the width of the panel.
  symscan.drawTrace = function(trace, at, room) {
    if (trace.type === 'heatmap') {
      const {x, y} = symscan.cellCentres(trace), hits = [];
      if (trace.hovertemplate)
        y.forEach((b, j) => x.forEach((a, i) => {
          const p = at(a, b);
          if (trace.z[j][i] !== null) hits.push([p[0], p[1], trace, j * x.length + i]);
        }));
      return {svg: heatmap(trace, at), hits};
    }
    const points = [];
    for (let i = 0; i < (trace.x || []).length; ++i) {
      const p = at(trace.x[i], trace.y[i]);
      if (p) points.push([p[0], p[1], i]);
    }
    const hits = trace.hovertemplate ? points.map(([x, y, i]) => [x, y, trace, i]) : [];
    return {svg: trace.type === 'bar' ? bars(trace, at, points) : scatter(trace, at, points, room), hits};
  };
}
