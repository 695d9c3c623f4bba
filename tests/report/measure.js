// Runs in a report, after its own scripts: measures what a reader sees once every figure is drawn, and puts it as JSON into
// <html data-measured>, or sends it to the page whose frame shows the report. Used by layout_checks.py.
'use strict';
{
  const round = (x) => Math.round(x * 100) / 100;
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const shown = (node) => node.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const nameOf = (node) => {
    const owner = node.closest('[id]');
    return owner ? owner.id : node.tagName.toLowerCase();
  };

  // ---- texts of the figures ----

  // The runs of a text of one size on one line, as corners on the screen: indices are runs of their own. The box of a character
  // is that of its font; what is printed reaches from about 3/4 of the size above the baseline to 1/4 below it.
  function runsOf(text) {
    const runs = [], matrix = text.getScreenCTM();
    for (let i = 0; i < text.getNumberOfChars(); ++i) {
      const {x, y, width, height} = text.getExtentOfChar(i), last = runs[runs.length - 1];
      if (last && Math.abs(last.y - y) < 0.01 && Math.abs(last.height - height) < 0.01)
        last.right = Math.max(last.right, x + width);
      else if (text.textContent[i] !== ' ')
        runs.push({x, y, height, right: x + width});
    }
    return runs.map(({x, y, height, right}) => [[x, y + 0.15 * height], [right, y + 0.15 * height], [right, y + height], [x, y + height]].map(
        ([a, b]) => [matrix.a * a + matrix.c * b + matrix.e, matrix.b * a + matrix.d * b + matrix.f]));
  }

  // How deep two rectangles, turned or not, lie in each other: the least shift that parts them; 0 if they are apart.
  function depth(a, b) {
    let least = Infinity;
    for (const corners of [a, b])
      for (let k = 0; k < 2; ++k) {
        const [p, q] = [corners[k], corners[k + 1]], length = Math.hypot(q[0] - p[0], q[1] - p[1]) || 1;
        const along = ([x, y]) => (x * (q[0] - p[0]) + y * (q[1] - p[1])) / length;
        const one = a.map(along), two = b.map(along);
        least = Math.min(least, Math.max(...one) - Math.min(...two), Math.max(...two) - Math.min(...one));
      }
    return Math.max(0, least);
  }

  // The drawing, or the panel that cuts off what leaves it.
  function frameOf(text) {
    const svg = text.ownerSVGElement, matrix = svg.parentElement instanceof SVGElement ? svg.parentElement.getScreenCTM() : null;
    if (!matrix) return svg.getBoundingClientRect();
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => svg[key].baseVal.value);
    return new DOMRect(matrix.a * x + matrix.e, matrix.d * y + matrix.f, matrix.a * width, matrix.d * height);
  }

  function beyond(corners, frame) {
    return Math.max(0, ...corners.map(([x, y]) => Math.max(frame.left - x, x - frame.right, frame.top - y, y - frame.bottom)));
  }

  function figureTexts(plot, found) {
    const texts = all('text', plot).filter((node) => node.textContent.trim());
    const runs = texts.map(runsOf);
    found.texts += texts.length;
    texts.forEach((text, i) => {
      const out = beyond(runs[i].flat(), frameOf(text));
      if (out > 1) found.beyond.push({figure: plot.id, text: text.textContent, pixels: round(out)});
      for (let j = 0; j < i; ++j) {
        const deep = Math.max(0, ...runs[i].flatMap((a) => runs[j].map((b) => depth(a, b))));
        if (deep > 1.5) found.overlaps.push({figure: plot.id, texts: [texts[j].textContent, text.textContent], pixels: round(deep)});
      }
    });
  }

  // Estimated widths against real ones, of every text that a figure sets.
  function textWidths(plots) {
    const asked = {}, own = symscan.svgText;
    symscan.svgText = (text, x, y, how) => {
      asked[text] = true;
      return own(text, x, y, how);
    };
    for (const plot of plots)
      if (plot.card && plot.card.drawn) symscan.draw(plot.card.build(), {width: 640, height: plot.card.height});
    symscan.svgText = own;
    const texts = Object.keys(asked).filter((text) => text.trim()), size = 20;
    const scratch = symscan.element('div', {style: 'position:absolute;visibility:hidden'});
    scratch.innerHTML = `<svg width="10" height="10" font-family='${symscan.FONT}'>${texts.map((text) => symscan.svgText(text, 0, 0, {size})).join('')}</svg>`;
    document.body.append(scratch);
    const ratios = all('text', scratch).map((node, i) => ({text: texts[i], ratio: round(symscan.math.width(texts[i], size) / node.getComputedTextLength())}));
    scratch.remove();
    return ratios.sort((a, b) => a.ratio - b.ratio);
  }

  // ---- the page ----

  function overflowing() {
    const hidden = (cell) => cell.closest('thead') && getComputedStyle(cell.closest('thead')).clipPath !== 'none';
    return all('th, td').filter((cell) => shown(cell) && !hidden(cell)).flatMap((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const inner = range.getBoundingClientRect(), outer = cell.getBoundingClientRect();
      const out = Math.max(inner.right - outer.right, outer.left - inner.left, inner.bottom - outer.bottom);
      return inner.width && out > 1 ? [{table: nameOf(cell), text: cell.textContent.slice(0, 60), pixels: round(out)}] : [];
    });
  }

  function scrolling() {
    const root = document.scrollingElement;
    const scrolls = (node) => node && (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
    const wide = all('body *').filter((n) => shown(n) && n.getBoundingClientRect().right > innerWidth + 1 && !scrolls(n.parentElement));
    return {width: root.scrollWidth, room: innerWidth, wide: wide.slice(0, 5).map((n) => `${n.tagName.toLowerCase()} in ${nameOf(n)}`)};
  }

  // A name as a screen reader would say it, as far as this page needs.
  function accessibleName(node) {
    const by = (node.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)).filter(Boolean);
    const labels = Array.from(node.labels || []);
    const own = node.tagName === 'SELECT' ? '' : node.textContent;
    return [node.getAttribute('aria-label'), ...by.map((n) => n.textContent), ...labels.map((n) => n.textContent), own, node.title].filter((x) => x && x.trim()).join(' ');
  }

  function controls() {
    const nodes = all('a[href], button, select, input, summary, [tabindex]').filter(shown);
    const regions = all('.table-scroll').filter((n) => shown(n) && (n.scrollWidth > n.clientWidth + 1 || n.scrollHeight > n.clientHeight + 1));
    const where = (n) => `${n.tagName.toLowerCase()} in ${nameOf(n)}: ${n.outerHTML.slice(0, 80)}`;
    return {
      count: nodes.length,
      unnamed: nodes.filter((n) => n.tagName !== 'MAIN' && !accessibleName(n)).map(where),
      unreachable: nodes.filter((n) => n.tagName !== 'MAIN' && n.tabIndex < 0).map(where),
      regions: regions.filter((n) => n.tabIndex < 0 || !accessibleName(n)).map(where)
    };
  }

  function headings() {
    const list = all('h1, h2, h3, h4, h5, h6').filter(shown);
    const wrong = [];
    let last = 0;
    for (const node of list) {
      const level = Number(node.tagName[1]);
      if (level > last + 1) wrong.push(`h${last} is followed by h${level} "${node.textContent}"`);
      if (!node.textContent.trim()) wrong.push(`an empty h${level} in ${nameOf(node)}`);
      last = level;
    }
    return {main: list.filter((n) => n.tagName === 'H1').length, wrong};
  }

  // ---- colours ----

  function luminance([r, g, b]) {
    const part = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  }
  const numbers = (colour) => (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const opaque = (colour) => numbers(colour).length < 4 || numbers(colour)[3] > 0.99;
  function ground(node) {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (opaque(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  }

  // The colour of the cell of a heatmap under the middle of a text; null elsewhere.
  function cellBehind(text) {
    const box = text.getBoundingClientRect(), [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    for (const cell of all('svg svg g[shape-rendering] path', text.closest('.plot'))) {
      const at = new DOMPoint(x, y).matrixTransform(cell.getScreenCTM().inverse());
      if (cell.isPointInFill(at)) return getComputedStyle(cell).fill;
    }
    return null;
  }

  // The lowest contrasts of texts against what is behind them.
  function contrasts() {
    const least = {};
    const look = (node, colour, cell = null) => {
      const behind = cell || ground(node), [a, b] = [luminance(numbers(colour)), luminance(numbers(behind))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), key = `${colour} on ${behind}`;
      if (ratio < 4.5 && !least[key]) least[key] = `${key}: ${ratio.toFixed(2)}, "${node.textContent.trim().slice(0, 40)}" in ${nameOf(node)}`;
    };
    const words = (node) => Array.from(node.childNodes).some((c) => c.nodeType === Node.TEXT_NODE && c.data.trim());
    for (const node of all('body *').filter((n) => !n.closest('svg, script, noscript, style') && words(n) && shown(n))) look(node, getComputedStyle(node).color);
    for (const text of all('.plot text')) look(text, getComputedStyle(text).fill, cellBehind(text));
    return Object.values(least);
  }

  function measure() {
    const plots = all('.plot').filter((plot) => plot.querySelector('svg')), found = {texts: 0, overlaps: [], beyond: []};
    plots.forEach((plot) => figureTexts(plot, found));
    return {
      ...found, plots: plots.length, cells: overflowing(), scroll: scrolling(), controls: controls(), headings: headings(), contrasts: contrasts(),
      dark: luminance(numbers(getComputedStyle(document.body).backgroundColor)) < 0.5, widths: innerWidth > 800 ? textWidths(plots) : [],
      unnamed: all('figure').filter((f) => shown(f) && !f.getAttribute('aria-labelledby')).map(nameOf)
    };
  }

  function look() {
    if (document.documentElement.dataset.symscan !== 'drawn') return setTimeout(look, 50);
    const measured = {measured: JSON.stringify(measure()), symscan: 'drawn', plots: document.documentElement.dataset.plots, errors: document.documentElement.dataset.errors || ''};
    if (parent === window)
      document.documentElement.dataset.measured = measured.measured;
    else
      parent.postMessage(measured, '*');
  }
  setTimeout(look, 300);
}
