// Search over the sections of all pages (search.js, loaded on first use), and the list of pages folded on narrow screens.
"use strict";

(() => {
  const base = document.body.dataset.base;
  const input = document.querySelector(".search input");
  const results = document.querySelector(".results");
  const pages = document.querySelector(".pages");
  const most = 12;

  const wide = window.matchMedia("(min-width: 901px)");
  const unfold = () => { pages.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  // A word counts most in the title of its page, then in a heading, then in the text; all words must be in the section.
  const score = (section, words) => {
    let sum = 0;
    for (const word of words) {
      const inTitle = section.title.toLowerCase().includes(word), inHeading = section.heading.toLowerCase().includes(word);
      const inText = section.text.toLowerCase().includes(word);
      if (!inTitle && !inHeading && !inText) return 0;
      sum += (inTitle ? 4 : 0) + (inHeading ? 8 : 0) + (inText ? 1 : 0);
    }
    return sum;
  };

  const excerpt = (text, word) => {
    const at = Math.max(0, text.toLowerCase().indexOf(word) - 50);
    return (at > 0 ? "\u2026" : "") + text.slice(at, at + 140) + (text.length > at + 140 ? "\u2026" : "");
  };

  const item = (section, words) => {
    const line = document.createElement("li"), link = document.createElement("a"), found = document.createElement("span");
    link.href = base + section.page + (section.anchor ? "#" + section.anchor : "");
    link.textContent = section.heading === section.title ? section.title : section.title + ": " + section.heading;
    found.textContent = excerpt(section.text, words[0]);
    link.append(found);
    line.append(link);
    return line;
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.hidden = words.length === 0;
    const scored = window.symscanSections.map((section) => [score(section, words), section]).filter(([value]) => value > 0);
    scored.sort((a, b) => b[0] - a[0]);
    results.replaceChildren(...scored.slice(0, most).map(([, section]) => item(section, words)));
    if (scored.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing found";
      results.append(none);
    }
  };

  let script = null;
  const search = () => {
    if (window.symscanSections) return show();
    if (script) return undefined;
    script = document.createElement("script");
    script.src = base + "search.js";
    script.onload = show;
    document.head.append(script);
    return undefined;
  };
  input.addEventListener("input", search);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      input.value = "";
      results.hidden = true;
    }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".search")) results.hidden = true; });
})();
