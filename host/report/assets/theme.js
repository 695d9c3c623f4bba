// Colours and the layout that all figures share. Categories use the Okabe-Ito palette, quantities use
// viridis; both stay apart under every common colour blindness.
'use strict';
{
  const dark = typeof window === 'undefined' ? {matches: false} : window.matchMedia('(prefers-color-scheme: dark)');
  let printing = false;

  const LIGHT = {
    text: '#1d2530',
    muted: '#5c6672',
    grid: '#e6e9ed',
    line: '#aab2bc',
    surface: '#ffffff',
    series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#6b7280', '#a8a000'],
    inactive: '#b8bfc8',
    mark: '#1d2530',
  };
  const DARK = {
    text: '#e6eaef',
    muted: '#9aa5b1',
    grid: '#2b333d',
    line: '#56616d',
    surface: '#171c22',
    series: ['#56b4e9', '#e69f00', '#1fc495', '#e39ac2', '#3b93d1', '#f0762b', '#a3adb8', '#f0e442'],
    inactive: '#4d5763',
    mark: '#f5f7f9',
  };

  symscan.theme = () => (dark.matches && !printing ? DARK : LIGHT);
  symscan.printing = () => printing;
  symscan.setPrinting = (value) => {
    printing = value;
  };
  symscan.onThemeChange = (callback) => dark.addEventListener('change', callback);
  // What `make` gives with the colours of paper.
  symscan.inLight = function(make) {
    const before = printing;
    printing = true;
    const made = make();
    printing = before;
    return made;
  };

  symscan.SCALE = 'Viridis';
  symscan.SYMBOLS =
      ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'triangle-down', 'pentagon', 'star'];
  symscan.FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif';

  symscan.axis = (title, extra = {}) => ({title: {text: title}, ...extra});
  symscan.layout = (extra = {}) => extra;
  symscan.colorbar = (title) => ({title: {text: title}});

  symscan.fade = function(color, alpha) {
    const part = (i) => parseInt(color.slice(i, i + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
  };

  const cut = (name, max, keep) =>
      name.length <= max ? name : `${name.slice(0, max - 1 - keep)}…${name.slice(name.length - keep)}`;

  // A name as it is: what draws it cuts it where it does not fit.
  symscan.plain = (text) => String(text);

  // The same without what all begin with, and without what all end with.
  function different(list) {
    const common = (names) => {
      let n = 0;
      while (n < names[0].length && names.every((name) => name[n] === names[0][n])) ++n;
      return n;
    };
    const rest = list.map((name) => name.slice(common(list)));
    const end = common(rest.map((name) => name.split('').reverse().join('')));
    return rest.map((name) => `…${name.slice(0, name.length - end)}`);
  }

  // Names of at most `max` characters that stay as different as they are: settings that all share go first, then ends
  // and middles. Where that is not possible they stay as long as they are.
  symscan.shortLabels = function(list, max) {
    if (list.every((name) => name.length <= max)) return list;
    const count = (names) => new Set(names).size;
    const settings = list.map((name) => name.split(', '));
    const own = settings.map((all, i) => all.filter((s) => !settings.every((o) => o.includes(s))).join(', ') || list[i]);
    const attempts = list.length > 1 ? [own, list, different(own), different(list)] : [list];
    for (const names of attempts)
      for (let keep = 0; keep < max - 1; ++keep) {
        const short = names.map((name) => cut(name, max, keep));
        if (count(short) === count(list)) return short;
      }
    return list;
  };
}
