// The figures of one group. Each has a title, the choices it offers, a test whether it applies, and build(), which
// returns traces, layout, caption and a text alternative; or {empty: sentence} where the data are not there.
"use strict";
{
  const LATENT_ROWS = 10;
  const PANEL_POINTS = 12000;

  // Plotly reads <b>, <a ...> and entities in its texts; names of columns are to be shown as they are.
  const plain = (text) => {
    const name = String(text);
    const short = name.length > 40 ? name.slice(0, 39) + "…" : name;
    return short.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  };
  const column = (rows, index) => rows.map((row) => row[index]);
  const latentName = (group, rank) => `latent ${rank + 1}`;
  const featureOptions = (study) => study.columns.map((name, i) => ({
    value: i, label: study.constant.includes(name) ? `${name} (constant)` : name,
  }));
  const latentOptions = (study, group) =>
    Array.from({ length: group.representative ? group.representative.latents : 0 },
      (_, i) => ({ value: i, label: latentName(group, i) }));

  symscan.plain = plain;

  // Every active latent, and one more to show what an unused one looks like.
  function latentRows(group, data) {
    const latents = group.representative ? group.representative.latents : 1;
    return Math.min(LATENT_ROWS, latents, Math.max(2, symscan.activeLatents(group, data.threshold) + 1));
  }

  function range(values) {
    let low = Infinity, high = -Infinity;
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    return [low, high];
  }

  function source(study, group) {
    const r = group.representative;
    const parts = [symscan.plural(study.sample.length, "event")];
    if (r && r.replica !== undefined) parts.push(`replica ${r.replica}${r.seed !== undefined ? `, seed ${r.seed}` : ""}`);
    return parts.join("; ");
  }

  function noActivations(study, group) {
    if (!study.sample.length) return { empty: "This study stores no sample of events, so there is nothing to plot here." };
    if (!symscan.trained(group)) return { empty: "No replica of this group finished training." };
    return { empty: "The activations of this group were not stored.", needs: "representative" };
  }

  // Relevance per latent: the bars, their spread over seeds, and the exact solution of the linear model.
  const relevance = {
    id: "relevance",
    title: "Relevance of the latents",
    choices: (study, group, data) => [
      { key: "measure", label: "Measure", initial: data.measure,
        options: Object.keys(group.measures).map((key) => ({ value: key, label: symscan.MEASURES[key].name })) },
      { key: "log", label: "Log scale", type: "checkbox", initial: false },
    ],
    build(study, group, choice, data) {
      const measure = symscan.MEASURES[choice.measure];
      if (!group.measures[choice.measure]) return { empty: "No replica of this group finished training." };
      const t = symscan.theme();
      const { mean, std } = group.measures[choice.measure];
      const ranks = mean.map((_, i) => i + 1);
      const active = symscan.activeLatents(group, data.threshold);
      const several = group.replicas.length - group.failed > 1;
      const shown = std.map((x) => (several ? x : 0));
      const predicted = symscan.prediction(group, choice.measure);
      const traces = [{
        type: "bar", name: "trained VAE", x: ranks, y: mean, width: 0.68, showlegend: false,
        marker: { color: ranks.map((_, i) => (i < active ? t.series[0] : t.inactive)) },
        error_y: { type: "data", array: shown, visible: several, color: t.text, thickness: 1.2, width: 4 },
        customdata: mean.map((x, i) => symscan.plusMinus(x, shown[i])),
        hovertemplate: "latent %{x}<br>%{customdata}<extra></extra>",
      }];
      if (predicted.some((x) => x !== null)) {
        traces.push({
          type: "scatter", mode: "markers", name: "linear prediction", x: ranks.slice(0, predicted.length), y: predicted,
          marker: { symbol: "line-ew", size: Math.max(6, Math.min(30, 340 / mean.length)), color: t.mark,
            line: { width: 2.5, color: t.series[1] } },
          hovertemplate: "linear prediction %{y:.3g}<extra></extra>",
        });
      }
      const layout = symscan.layout({
        xaxis: symscan.axis("latent, by decreasing relevance",
          { dtick: Math.max(1, Math.ceil(mean.length / 16)), range: [0.4, mean.length + 0.6], showgrid: false }),
        yaxis: symscan.axis(measure.title, choice.log ? { type: "log", exponentformat: "power" } : { rangemode: "tozero" }),
        bargap: 0.3,
      });
      if (choice.measure === "kl") {
        traces.push({ type: "scatter", mode: "lines", name: `threshold ${symscan.short(data.threshold)} nats`, x: [0.4, mean.length + 0.6],
          y: [data.threshold, data.threshold], line: { color: t.muted, width: 1.2, dash: "dot" }, hoverinfo: "skip" });
      }
      const bars = mean.map((x, i) => `latent ${i + 1}: ${symscan.plusMinus(x, shown[i])}`).join(", ");
      return {
        traces, layout,
        caption: `${several ? `Mean and standard deviation over ${symscan.plural(group.replicas.length - group.failed, "replica")}.` : "One replica."} ` +
          "Grey bars: latents that are not active. Orange marks: optimum of a linear VAE, from the data’s principal components alone.",
        text: `Bar chart of the relevance, ${measure.name}. ${bars}.`,
      };
    },
  };

  // The data, coloured by what one latent says about each event.
  const events = {
    id: "events",
    title: "Data coloured by mean activation",
    choices(study, group) {
      const features = featureOptions(study);
      const varying = study.varying;
      const list = [{ key: "latent", label: "Latent", initial: 0, options: latentOptions(study, group) }];
      if (study.columns.length > 2) {
        list.push({ key: "x", label: "x", initial: varying[0], options: features });
        list.push({ key: "y", label: "y", initial: varying[Math.min(1, varying.length - 1)], options: features });
      }
      return list;
    },
    build(study, group, choice) {
      if (!study.sample.length || !group.representative) return noActivations(study, group);
      const activations = column(group.representative.activations, choice.latent);
      const flat = study.columns.length < 2;
      const xi = flat ? 0 : choice.x ?? 0, yi = choice.y ?? 1;
      const x = column(study.sample, xi), y = flat ? activations : column(study.sample, yi);
      const [low, high] = range(activations);
      const [x0, x1] = range(x), [y0, y1] = range(y);
      const ratio = (x1 - x0) / (y1 - y0);
      const yName = flat ? `mean activation of ${latentName(group, choice.latent)}` : plain(study.columns[yi]);
      return {
        traces: [{
          type: "scatter", mode: "markers", x, y,
          marker: { size: x.length > 800 ? 5 : 6, opacity: 0.9, color: activations, colorscale: symscan.SCALE,
            // A collapsed latent only shows noise: never stretch less than half a prior width over all colours.
            cmin: Math.min(low, -0.5), cmax: Math.max(high, 0.5), colorbar: symscan.colorbar("mean activation μ(x)") },
          hovertemplate: `${plain(study.columns[xi])} %{x:.4g}<br>${yName} %{y:.4g}<br>μ = %{marker.color:.3f}<extra></extra>`,
        }],
        layout: symscan.layout({
          xaxis: symscan.axis(plain(study.columns[xi])),
          yaxis: symscan.axis(yName, !flat && ratio > 0.5 && ratio < 2 ? { scaleanchor: "x", scaleratio: 1 } : {}),
          margin: { l: 56, r: 8, t: 16, b: 48 },
        }),
        caption: `Each point is an event, coloured by μ(x) of ${latentName(group, choice.latent)} (${source(study, group)}).`,
        text: `Scatter plot of ${study.columns[xi]} and ${yName}, coloured by the mean activation of ` +
          `${latentName(group, choice.latent)}, which runs from ${symscan.format(low)} to ${symscan.format(high)}.`,
      };
    },
  };

  // Mean activation of every latent against every feature; one scale for all, so that unused latents look flat.
  const activations = {
    id: "activations",
    title: "Mean activation against each feature",
    wide: true,
    perPage: () => (window.innerWidth < 700 ? 2 : 6),
    choices(study) {
      const size = this.perPage(), pages = Math.ceil(study.varying.length / size);
      if (pages < 2) return [];
      const options = Array.from({ length: pages }, (_, p) => {
        const names = study.varying.slice(p * size, (p + 1) * size).map((i) => study.columns[i]);
        return { value: p, label: names.length > 1 ? `${names[0]} … ${names[names.length - 1]}` : names[0] };
      });
      return [{ key: "page", label: "Features", initial: 0, options }];
    },
    height: (study, group, data) => 90 + 118 * latentRows(group, data),
    build(study, group, choice, data) {
      if (!study.sample.length || !group.representative) return noActivations(study, group);
      const t = symscan.theme();
      const size = symscan.printing() ? 8 : this.perPage(), page = symscan.printing() ? 0 : choice.page ?? 0;
      const features = study.varying.slice(page * size, (page + 1) * size);
      const latents = latentRows(group, data);
      const step = Math.max(1, Math.ceil((study.sample.length * features.length * latents) / PANEL_POINTS));
      const keep = study.sample.map((_, i) => i).filter((i) => i % step === 0);
      const active = symscan.activeLatents(group, data.threshold);
      const layout = symscan.layout({
        grid: { rows: latents, columns: features.length, pattern: "coupled", xgap: 0.06, ygap: 0.12 },
        showlegend: false, margin: { l: 64, r: 16, t: 8, b: 48 },
      });
      const traces = [];
      const pad = (low, high) => [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];
      const all = range(group.representative.activations.flat());
      for (let j = 0; j < latents; ++j) {
        const y = keep.map((i) => group.representative.activations[i][j]);
        layout[`yaxis${j ? j + 1 : ""}`] = symscan.axis(latentName(group, j), { range: pad(...all), nticks: 4, automargin: false });
        features.forEach((feature, k) => {
          traces.push({
            type: "scatter", mode: "markers", x: keep.map((i) => study.sample[i][feature]), y,
            xaxis: `x${k ? k + 1 : ""}`, yaxis: `y${j ? j + 1 : ""}`,
            marker: { size: 3, opacity: 0.55, color: j < active ? t.series[j % t.series.length] : t.inactive },
            hovertemplate: `${plain(study.columns[feature])} %{x:.4g}<br>μ %{y:.3f}<extra>${latentName(group, j)}</extra>`,
          });
        });
      }
      features.forEach((feature, k) => {
        layout[`xaxis${k ? k + 1 : ""}`] = symscan.axis(plain(study.columns[feature]), { nticks: features.length > 3 ? 3 : 6, tickangle: 0, automargin: false });
      });
      const hidden = group.representative.latents - latents;
      return {
        traces, layout,
        caption: `Rows: latents by decreasing relevance${hidden ? ` (the ${symscan.plural(hidden, "least relevant one", "least relevant ones")} left out)` : ""}; ` +
          `grey: not active. All rows share one scale${step > 1 ? `; every ${step === 2 ? "second" : step === 3 ? "third" : step + "th"} event is shown` : ""} (${source(study, group)}).`,
        text: `Grid of scatter plots: mean activation of ${symscan.plural(latents, "latent")} against ` +
          `${features.map((i) => study.columns[i]).join(", ")}.`,
      };
    },
  };

  // Where the events lie in the space of the active latents.
  const latentSpace = {
    id: "latent-space",
    title: "Events in latent space",
    applies: (study, group, data) => study.sample.length > 0 && group.representative !== null &&
      Math.min(group.representative.latents, symscan.activeLatents(group, data.threshold)) >= 2,
    choices: (study) => [{ key: "feature", label: "Colour", initial: study.varying[0], options: featureOptions(study) }],
    build(study, group, choice, data) {
      const { activations: rows, latents } = group.representative;
      const wanted = Math.min(latents, symscan.activeLatents(group, data.threshold)) >= 3;
      const three = wanted && symscan.webglFree();
      const name = plain(study.columns[choice.feature]);
      const marker = { color: column(study.sample, choice.feature), colorscale: symscan.SCALE, colorbar: symscan.colorbar(name) };
      const axis = (j, extra) => symscan.axis(`μ of ${latentName(group, j)}`, extra);
      const caption = `Mean activations of the ${three ? "three" : "two"} most relevant latents, coloured by ${study.columns[choice.feature]} (${source(study, group)}).` +
        (wanted && !three ? " Shown in two dimensions, because this browser offers no 3-D drawing here." : "");
      const text = `Scatter plot of the events in the space of the ${three ? "three" : "two"} most relevant latents, coloured by ${study.columns[choice.feature]}.`;
      if (!three) {
        return { caption, text, traces: [{ type: "scatter", mode: "markers", x: column(rows, 0), y: column(rows, 1),
          marker: { ...marker, size: 5, opacity: 0.9 },
          hovertemplate: `μ₁ %{x:.3f}<br>μ₂ %{y:.3f}<br>${name} %{marker.color:.4g}<extra></extra>` }],
          layout: symscan.layout({ xaxis: axis(0), yaxis: axis(1, { scaleanchor: "x", scaleratio: 1 }), margin: { l: 56, r: 8, t: 16, b: 48 } }) };
      }
      const scene = (j) => ({ ...axis(j, { showbackground: false, showspikes: false }), title: { text: `latent ${j + 1}`, font: { size: 12 } }, nticks: 5 });
      return { webgl: true, caption: caption + " Drag to turn.", text,
        traces: [{ type: "scatter3d", mode: "markers", x: column(rows, 0), y: column(rows, 1), z: column(rows, 2),
          marker: { ...marker, size: 2.6, opacity: 0.9 },
          hovertemplate: `μ %{x:.3f}, %{y:.3f}, %{z:.3f}<br>${name} %{marker.color:.4g}<extra></extra>` }],
        layout: symscan.layout({ margin: { l: 0, r: 8, t: 0, b: 0 },
          scene: { xaxis: scene(0), yaxis: scene(1), zaxis: scene(2), aspectmode: "data", camera: { eye: { x: 1.45, y: 1.45, z: 0.9 } } } }) };
    },
  };

  // How training went: line = mean over replicas, band = smallest to largest.
  const losses = {
    id: "losses",
    title: "Training",
    choices: () => [{ key: "log", label: "Log scale", type: "checkbox", initial: false }],
    build(study, group, choice) {
      const t = symscan.theme();
      const kinds = [
        ["loss", "loss", "y2", t.series[0], "solid"], ["validation_loss", "validation loss", "y2", t.series[1], "dash"],
        ["reconstruction", "squared error", "y2", t.series[2], "dot"], ["kl", "total KL", "y", t.series[3], "solid"],
      ].filter(([key]) => group.curves[key]);
      if (!kinds.length || !group.epoch.length) return { empty: "No training curves were recorded for this group." };
      const traces = [];
      for (const [key, label, axis, color, dash] of kinds) {
        const { mean, min, max } = group.curves[key];
        const known = group.epoch.map((_, i) => i).filter((i) => Number.isFinite(min[i]) && Number.isFinite(max[i]));
        if (known.length > 1) {
          const epochs = known.map((i) => group.epoch[i]);
          traces.push({ type: "scatter", mode: "lines", x: [...epochs, ...[...epochs].reverse()], yaxis: axis,
            y: [...known.map((i) => max[i]), ...[...known].reverse().map((i) => min[i])], fill: "toself", legendgroup: key,
            fillcolor: symscan.fade(color, 0.16), line: { width: 0 }, hoverinfo: "skip", showlegend: false });
        }
        traces.push({ type: "scatter", mode: group.epoch.length > 1 ? "lines" : "markers", name: label, x: group.epoch, y: mean, yaxis: axis,
          legendgroup: key, line: { color, width: 2, dash }, hovertemplate: `epoch %{x}<br>${label} %{y:.4g}<extra></extra>` });
      }
      const type = choice.log ? { type: "log", exponentformat: "power" } : {};
      const two = group.curves.kl && kinds.length > 1;
      const last = kinds.map(([key, label]) => `${label} ${symscan.format(group.curves[key].mean[group.epoch.length - 1])}`);
      return {
        traces,
        layout: symscan.layout({
          xaxis: symscan.axis("epoch", { anchor: "y", rangemode: "normal" }),
          yaxis: symscan.axis("KL (nats)", { domain: two ? [0, 0.34] : [0, group.curves.kl ? 1 : 0.001], visible: !!group.curves.kl, rangemode: "tozero", nticks: 4 }),
          yaxis2: symscan.axis("per event", { domain: two ? [0.42, 1] : [0, 1], visible: kinds.some(([key]) => key !== "kl"), ...type }),
        }),
        caption: "Lines: mean over the replicas; bands: smallest to largest. Above, the loss and its squared error; below, the KL in nats.",
        text: `Training curves over ${symscan.plural(group.epoch.length, "epoch")}. At the end: ${last.join(", ")}.`,
      };
    },
  };

  symscan.FIGURES = [relevance, events, losses, latentSpace, activations];
}
