// Colours and the layout that all figures share. Categories use the Okabe-Ito palette, quantities use
// viridis; both stay apart under every common colour blindness.
'use strict';
{
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
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

  symscan.SCALE = 'Viridis';
  symscan.SYMBOLS =
      ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'triangle-down', 'pentagon', 'star'];

  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

  // Plotly reads <b>, <a ...> and entities in its texts; names of columns are to be shown as they are.
  symscan.plain = (text) => {
    const name = String(text);
    const short = name.length > 40 ? name.slice(0, 39) + '…' : name;
    return short.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  };

  symscan.axis = function(title, extra = {}) {
    const t = symscan.theme();
    return {
      title: {text: title, standoff: 8, font: {size: 13, color: t.muted}},
      gridcolor: t.grid,
      zerolinecolor: t.grid,
      linecolor: t.line,
      tickcolor: t.line,
      ticks: 'outside',
      ticklen: 4,
      tickfont: {size: 12, color: t.muted},
      showline: true,
      zeroline: false,
      automargin: true,
      ...extra,
    };
  };

  symscan.layout = function(extra = {}) {
    const t = symscan.theme();
    return {
      font: {family: FONT, size: 13, color: t.text},
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      margin: {l: 56, r: 16, t: 16, b: 48},
      hoverlabel: {bgcolor: t.surface, bordercolor: t.line, font: {family: FONT, size: 12.5, color: t.text}},
      legend: {
        orientation: 'h',
        x: 0,
        xanchor: 'left',
        y: 1.02,
        yanchor: 'bottom',
        font: {size: 12, color: t.text}
      },
      modebar: {bgcolor: 'rgba(0,0,0,0)', color: t.muted, activecolor: t.text},
      hovermode: 'closest',
      ...extra,
    };
  };

  symscan.colorbar = function(title) {
    const t = symscan.theme();
    return {
      title: {text: title, side: 'right', font: {size: 12, color: t.muted}},
      thickness: 12,
      outlinewidth: 0,
      tickfont: {size: 11.5, color: t.muted},
      len: 0.95,
    };
  };

  symscan.fade = function(color, alpha) {
    const part = (i) => parseInt(color.slice(i, i + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
  };

  symscan.CONFIG = {
    displaylogo: false,
    scrollZoom: false,
    modeBarButtonsToRemove: ['lasso2d', 'select2d', 'autoScale2d'],
    toImageButtonOptions: {format: 'svg', filename: 'symscan'},
  };
}
