// Draws figures when they come into view; all of them when the page is printed or opened with #draw-all.
// <html data-symscan="drawn" data-plots="DRAWN/EXPECTED"> says how far it is.
'use strict';
{
  const cards = new Set();
  const WEBGL_LIMIT = 8;  // browsers drop the oldest of about 16 contexts, without a word
  const PRINT_WIDTH = 640;
  let webgl = null;
  let webglLive = 0;
  let all = false;
  let queue = [];
  let running = false;

  symscan.webglFree = function() {
    if (webgl === null) {
      const probe = document.createElement('canvas');
      webgl = !!(probe.getContext('webgl2') || probe.getContext('webgl'));
    }
    return webgl && webglLive < WEBGL_LIMIT;
  };

  function report() {
    const expected = [...cards].filter((c) => !c.empty);
    const drawn = expected.filter((c) => c.drawn).length;
    const root = document.documentElement;
    root.dataset.plots = `${drawn}/${expected.length}`;
    const waiting = expected.filter((c) => !c.drawn && (all || c.visible));
    root.dataset.symscan = waiting.length || queue.length ? 'drawing' : 'drawn';
  }

  function release(card) {
    if (card.webgl) webglLive -= 1;
    card.webgl = false;
  }

  function purge(card) {
    if (card.drawn) Plotly.purge(card.plot);
    card.drawn = false;
    release(card);
  }

  function draw(card) {
    const redraw = card.drawn;
    if (card.webgl || card.wasWebgl) purge(card);
    let figure;
    try {
      figure = card.build();
      card.show(figure);
      if (figure.empty) {
        purge(card);
        card.empty = true;
        return;
      }
      card.empty = false;
      if (figure.webgl) {
        webglLive += 1;
        card.webgl = true;
      }
      card.wasWebgl = !!figure.webgl;
      // The width of the paper is not known here, only that A4 and Letter hold this much between margins.
      if (symscan.printing()) figure.layout.width = PRINT_WIDTH;
      const call = redraw && card.drawn ? Plotly.react : Plotly.newPlot;
      call(card.plot, figure.traces, figure.layout, symscan.CONFIG)
          .catch((error) => symscanError(`${card.id}: ${error.message}`));
      card.drawn = true;
    } catch (error) {
      purge(card);
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

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const card = entry.target.card;
      card.visible = entry.isIntersecting;
      if (card.visible && !card.drawn && !card.empty) enqueue(card);
      // 3-D figures out of view give their graphics context back.
      if (!card.visible && card.webgl && !all) purge(card);
    }
    report();
  }, {rootMargin: '300px 0px'});

  const resizes = new ResizeObserver((entries) => {
    if (symscan.printing()) return;
    for (const {target} of entries) {
      const full = target._fullLayout;
      if (full && target.clientWidth && Math.abs(full.width - target.clientWidth) > 1)
        Plotly.Plots.resize(target);
    }
  });

  symscan.watch = function(card) {
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
    purge(card);
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
    for (const card of cards) draw(card);
    report();
  }

  window.addEventListener('beforeprint', () => {
    all = true;
    symscan.setPrinting(true);
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
