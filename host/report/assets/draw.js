// Draws figures when they come into view; all of them when the page is printed or opened with #draw-all.
// <html data-symscan="drawn" data-plots="DRAWN/EXPECTED"> says how far it is.
'use strict';
{
  const cards = new Set();
  const PRINT_WIDTH = 640, NEAR = 14;  // pixels
  let all = false;
  let queue = [];
  let running = false;

  function report() {
    const expected = [...cards].filter((c) => !c.empty);
    const drawn = expected.filter((c) => c.drawn).length;
    const root = document.documentElement;
    root.dataset.plots = `${drawn}/${expected.length}`;
    const waiting = expected.filter((c) => !c.drawn && (all || c.visible));
    root.dataset.symscan = waiting.length || queue.length ? 'drawing' : 'drawn';
  }

  // On paper: of a study three figures in a row, but for the wide grid of activations; elsewhere two.
  function sizeOnPaper(card) {
    const {root, height} = card;
    if (root.closest('.study'))
      return root.id.endsWith('-activations') ? {width: PRINT_WIDTH, height: Math.min(height, 240)} : {width: 300, height: 185};
    const alone = root.classList.contains('wide') || (root.parentElement && root.parentElement.children.length === 1);
    return alone ? {width: PRINT_WIDTH, height: Math.min(height, 360)} : {width: 400, height: Math.min(height, 300)};
  }

  const sizeOf = (card) =>
      symscan.printing() ? sizeOnPaper(card) : {width: Math.max(240, card.plot.clientWidth || 600), height: card.height};

  const asSvg = (figure, size, drawn) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${
      size.height}" width="100%" aria-hidden="true" font-family='${symscan.FONT}'>${drawn.svg}</svg>`;

  function clear(card) {
    card.plot.replaceChildren();
    card.drawn = false;
    card.hits = [];
  }

  function draw(card) {
    try {
      const figure = card.build();
      card.show(figure);
      clear(card);
      card.empty = !!figure.empty;
      if (figure.empty) return;
      const size = sizeOf(card), drawn = symscan.draw(figure, size);
      card.plot.innerHTML = asSvg(figure, size, drawn);
      card.plot.data = figure.traces;
      card.hits = drawn.hits;
      card.width = size.width;
      card.drawn = true;
    } catch (error) {
      clear(card);
      card.empty = true;
      card.show({empty: `This figure could not be drawn: ${error.message}.`});
      symscanError(`${card.id}: ${error.message}`);
    }
  }

  // One figure per turn of the event loop, so that scrolling and typing stay fluent in large reports.
  function work() {
    const card = queue.shift();
    if (card && cards.has(card)) draw(card);
    report();
    if (queue.length)
      setTimeout(work, 0);
    else
      running = false;
  }

  function enqueue(card) {
    if (!queue.includes(card)) queue.push(card);
    if (!running) {
      running = true;
      setTimeout(work, 0);
    }
    report();
  }

  // The numbers of the point under the pointer. What it says is also in the tables, so it is hidden from screen readers.
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-hidden', 'true');

  function nearest(card, x, y) {
    let best = null, least = NEAR * NEAR;
    for (const hit of card.hits || []) {
      const distance = (hit[0] - x) ** 2 + (hit[1] - y) ** 2;
      const reach = hit[2].type === 'bar' && Math.abs(hit[0] - x) < NEAR && y > hit[1] ? Math.min(distance, least - 1) : distance;
      if (reach < least) [best, least] = [hit, reach];
    }
    return best;
  }

  function point(card, event) {
    const box = card.plot.getBoundingClientRect(), scale = card.width / box.width;
    const hit = nearest(card, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
    tip.hidden = !hit;
    if (!hit) return;
    tip.replaceChildren(...symscan.hoverText(hit[2], hit[3]).map((line) => symscan.element('div', {}, ...symscan.math.html(line))));
    if (!tip.isConnected) document.body.append(tip);
    const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, event.clientY - tip.offsetHeight - 12)}px`;
  }

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const card = entry.target.card;
      card.visible = entry.isIntersecting;
      if (card.visible && !card.drawn && !card.empty) enqueue(card);
    }
    report();
  }, {rootMargin: '300px 0px'});

  const resizes = new ResizeObserver((entries) => {
    if (symscan.printing()) return;
    for (const {target} of entries) {
      const card = target.card;
      if (card && card.drawn && target.clientWidth && Math.abs(card.width - target.clientWidth) > 1) enqueue(card);
    }
  });

  symscan.watch = function(card) {
    card.plot.card = card;
    card.plot.addEventListener('pointermove', (event) => point(card, event));
    card.plot.addEventListener('pointerleave', () => {
      tip.hidden = true;
    });
    resizes.observe(card.plot);
    cards.add(card);
    card.root.card = card;
    observer.observe(card.root);
    if (all) enqueue(card);
    report();
  };

  symscan.forget = function(card) {
    observer.unobserve(card.root);
    resizes.unobserve(card.plot);
    clear(card);
    cards.delete(card);
    report();
  };

  // After a choice: at once if the figure is on the page already, else when it comes into view.
  symscan.refresh = function(card) {
    if (card.drawn || card.visible || card.empty || all) enqueue(card);
  };

  symscan.drawAll = function() {
    all = true;
    for (const card of cards)
      if (!card.drawn && !card.empty) enqueue(card);
    report();
  };

  function everythingNow() {
    queue = [];
    for (const card of cards)
      if (symscan.isPrinted(card.root)) draw(card);
    report();
  }

  // The figure as a file of its own.
  symscan.saveFigure = function(card) {
    const size = sizeOf(card), figure = card.build();
    const text = symscan.svgFile(figure, size, card.id);
    const link = symscan.element('a', {href: URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'})), download: `${card.id}.svg`});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  window.addEventListener('beforeprint', () => {
    all = true;
    symscan.setPrinting(true);
    symscan.choosePrinted();
    everythingNow();
  });
  window.addEventListener('afterprint', () => {
    all = location.hash === '#draw-all';
    symscan.setPrinting(false);
    for (const card of cards)
      if (card.drawn) enqueue(card);
  });
  window.addEventListener('hashchange', () => {
    if (location.hash === '#draw-all') symscan.drawAll();
  });
  symscan.onThemeChange(() => {
    for (const card of cards)
      if (card.drawn) enqueue(card);
  });
}
