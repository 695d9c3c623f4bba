// Which features the latents of a group follow: a table of phi_k, shaded by its value.
'use strict';
{
  const {element, table, numberCell, rowHeading} = symscan;
  const shade = (value) =>
      `background-color: ${symscan.fade('#0072b2', (0.5 * Math.max(0, Math.min(1, value))).toFixed(3))}`;

  // Of latents that are not active nothing stands out.
  function phiCell(value, active) {
    if (value === null) return numberCell('–');
    return element('td', {class: 'number', style: active ? shade(value) : null}, value.toFixed(2));
  }

  // The feature with the largest value, in words.
  function strongest(values, names) {
    const known = names.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
    if (!known.length) return 'none: constant';
    const best = known.reduce((a, b) => (values[b] > values[a] ? b : a));
    return values[best] > 0 ? `${names[best]} (${values[best].toFixed(2)})` : 'none';
  }

  // Null where the representative of the group was not stored.
  symscan.followsTable = function(study, group, data) {
    const values = group.representative ? group.representative.phiK : [];
    if (!values.length || !values[0].length) return null;
    const shown = study.columns.map((_, i) => i)
                      .filter((i) => i < values[0].length && !study.constant.includes(study.columns[i]));
    const names = shown.map((i) => symscan.columnName(study, i));
    const hidden = study.columns.length - values[0].length;
    const rows = values.map((all, rank) => {
      const active = symscan.isActive(group, rank, data.threshold);
      const phi = shown.map((i) => all[i] ?? null);
      return element(
          'tr', {class: active ? null : 'inactive'},
          rowHeading(`${rank + 1}${active ? '' : ' (not active)'}`), symscan.textCell(strongest(phi, names), study),
          ...phi.map((value) => phiCell(value, active)));
    });
    const caption =
        'Correlation φK of each latent’s mean activation with each feature: 0 independent, 1 fully ' +
        `dependent, nonlinear dependence included. Replica ${group.representative.replica}, ${
            symscan.plural(study.keptRows, 'event')}` +
        (hidden > 0 ? `; the first ${values[0].length} of ${study.columns.length} features` : '') +
        (values.length < (group.latent_dim ?? group.representative.latents) ? `; the ${values.length} most relevant latents` : '');
    return table(caption, [{label: 'Latent'}, {label: 'Strongest'}, ...names.map(symscan.numeric)], rows, {stack: false});
  };
}
