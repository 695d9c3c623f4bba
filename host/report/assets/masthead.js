// What stands around the sections: title and provenance, the contents, the loss that is in use.
'use strict';
{
  const {element} = symscan;
  const byId = (id) => document.getElementById(id);

  symscan.masthead = function(data) {
    byId('title').textContent = data.name;
    const wanted = data.replicas - data.skipped;
    const parts = [
      data.created,
      `${symscan.plural(data.datasets, 'dataset')}, ${symscan.wanted(wanted, data)} ${wanted === 1 ? 'replica' : 'replicas'}`,
      data.backend ? `trained on ${data.backend}` : null, data.version ? `symscan ${data.version}` : null
    ];
    byId('provenance').textContent = parts.filter(Boolean).join(' · ');
    byId('colophon').textContent = `Written by symscan ${data.version}. This file needs no network.`;
  };

  symscan.contents = function(data) {
    const link = (href, text, kind = null) => element('li', {class: kind}, element('a', {href}, text));
    const items = [];
    items.push(link('#overview', 'What the data obey'));
    if (symscan.PAPER_ACROSS.some((f) => f.applies(null, null, data))) items.push(link('#paper', 'Figures of the paper'));
    for (const study of data.studies) {
      items.push(link(`#${study.key}`, study.dataset));
      if (study.analysis) items.push(link(`#${study.key}-symmetry`, 'Symmetry', 'part'));
      if (study.groups.length) items.push(link(`#${study.key}-latents`, 'Latents', 'part'));
    }
    if (data.breakingCurves.length) items.push(link('#breaking', 'Approximate symmetries'));
    if (data.failures.length) items.push(link('#failures', 'Failed replicas'));
    items.push(link('#definitions', 'Definitions'), link('#settings', 'Settings'));
    byId('contents').append(...items);
    if (window.innerWidth < 1000) byId('contents').closest('details').open = false;
  };

  symscan.lossInUse = function(data) {
    const kind = symscan.lossKind(data);
    const taus = symscan.distinct(data.studies.flatMap((s) => s.groups.map((g) => g.tau)));
    const words = {
      sum: 'the squared error summed over features, r = 1',
      half_sum: 'half the squared error summed over features, r = ½',
      mean: 'the squared error averaged over features, r = 1/D'
    };
    const list = taus.length > 6 ?
        `from ${symscan.short(taus[0])} to ${symscan.short(taus[taus.length - 1])}` :
        taus.map(symscan.short).join(', ');
    const meaning = words[kind] ? ` (${words[kind]})` : '';
    const convention = kind ? `This sweep uses the loss convention “${kind}”${meaning}` :
                              'The loss convention of this sweep is in its settings';
    byId('loss-in-use').textContent =
        `${convention}${taus.length ? `; tau is ${list}` : ''}. Latents are ranked by “${data.measure}”.`;
    byId('threshold-in-use').textContent = symscan.short(data.threshold);
  };
}
