// On paper: two pages for each study, what its data obey and what its latents show. The rest is for the screen, and says so.
'use strict';
{
  const PRINTED =
      ['truth', 'spectrum', 'field-1', 'field-of-dictionary-1', 'laws', 'target', 'constraints', 'activations', 'relevance', 'events', 'latent-space', 'losses', 'latent-dim-scan', 'beta-scan'];

  // Of the figures and tables of studies, those that are printed; all of a report's own sections.
  symscan.isPrinted = function(root) {
    const study = root.closest('.study');
    return !study || PRINTED.includes(root.id.slice(study.id.length + 1));
  };

  symscan.choosePrinted = function() {
    for (const card of document.querySelectorAll('.study .card')) card.classList.toggle('screen-only', !symscan.isPrinted(card));
    // A row or a part of which nothing is left takes no place.
    for (const grid of document.querySelectorAll('.study .grid'))
      grid.classList.toggle('screen-only', ![...grid.children].some((card) => !card.classList.contains('screen-only') && !card.hidden));
  };
}
