// What `symscan analyze` found in a study, as analysis.json says it (symscan schema --analysis), with every part
// that is missing as null or an empty list.
'use strict';
{
  const {list, object, numbers, statistic, series, number, text, texts, rows, density} = symscan.as;

  function truth(value) {
    if (!value) return null;
    const source = object(value);
    return {
      intrinsic: source.intrinsic_dimension >= 0 ? number(source.intrinsic_dimension) : null,
      laws: source.laws >= 0 ? number(source.laws) : null,
      discrete: text(source.discrete),
      embedding: number(source.embedding_dimension),
      symmetry: text(source.symmetry),
      density: text(source.density_symmetry),
      constraints: texts(source.constraints),
    };
  }

  function neighbours(value) {
    if (!value) return null;
    const source = object(value);
    const estimate = (name, v) => ({name, value: number(object(v).value), error: number(object(v).error)});
    const calibrated = Number.isFinite(source.value) ?
        [{name: 'Calibrated', value: source.value, error: number((source.high - source.low) / 4)}] :
        [];
    const estimates = [
      ...calibrated, estimate('TwoNN', source.two_nn), estimate('Levina–Bickel', source.levina_bickel)
    ];
    return {
      estimates: estimates.filter((e) => e.value !== null),
      points: number(source.points),
      duplicates: number(source.duplicates)
    };
  }

  function constraint(value) {
    const source = object(value);
    return {
      equation: text(source.equation),
      degree: number(source.degree),
      residual: number(source.residual),
      width: number(source.width),
      unit: text(source.unit),
      exact: source.exact ?? null,
    };
  }

  function group(value) {
    const source = object(value);
    return {
      id: source.group,
      label: text(source.label) || `group ${text(source.group)}`,
      beta: number(source.beta),
      tau: number(source.tau),
      seeds: number(source.seeds),
      active: statistic(source.active_latents),
      local: statistic(source.local_dimension),
      normals: number(source.normal_directions),
      eigenvalues: series(source.generator_eigenvalues),
      generators: number(source.generators),
      gap: number(source.gap),
    };
  }

  function betaCurve(value) {
    const source = object(value);
    const plateau = object(source.plateau);
    const theory = object(source.theory);
    return {
      label: text(source.label),
      beta: numbers(source.beta),
      tau: numbers(source.tau),
      local: series(source.local_dimension),
      active: series(source.active_latents),
      kl: series(source.kl),
      slope: series(source.rate_slope),
      plateau: Number.isFinite(plateau.value) && plateau.from > 0 && plateau.to > 0 ? plateau : null,
      theory: {kl: numbers(theory.kl), collapse: numbers(theory.collapse_beta).filter((b) => b > 0)},
    };
  }

  function generator(value, index, size) {
    const source = object(value);
    const matrix = rows(source.matrix);
    const shift = numbers(source.shift);
    const square = matrix.length === size && matrix.every((row) => row.length === size);
    return {
      index,
      name: text(source.name) || `generator ${index + 1}`,
      kind: text(source.kind),
      equation: text(source.equation),
      matrix: square && size ? matrix : null,
      shift: shift.length === size ? shift : Array(size).fill(0),
      eigenvalue: number(source.eigenvalue),
      approximate: source.approximate === true,
      leaves: number(source.leaves),
      density: source.density ? density(source.density) : null,
    };
  }

  function symmetry(value) {
    if (!value) return null;
    const source = object(value);
    const coordinates = texts(source.coordinates);
    const generators = list(source.generators).map((g, i) => generator(g, i, coordinates.length));
    const found = number(source.found) ?? generators.length;
    return {
      evidence: text(source.evidence),
      found,
      algebra: text(source.algebra) || (found === 0 ? 'none' : ''),
      rotations: text(source.rotations) || text(source.algebra),
      closure: number(source.closure_residual),
      eigenvalues: numbers(source.eigenvalues),
      accepted: found,
      coordinates,
      generators,
      notes: texts(source.notes),
    };
  }

  // The motions that the distribution keeps, which need not be among the listed ones of the set.
  function distribution(value, coordinates) {
    if (!value) return null;
    const source = object(value);
    return {
      algebra: text(source.algebra),
      coordinates,
      generators: list(source.generators).map((g, i) => generator(g, i, coordinates.length)),
    };
  }

  // Where the number of dimensions was read off; null if no range of betas was chosen.
  function localDimension(source) {
    const value = number(source.local_dimension), from = number(source.from_beta), to = number(source.to_beta);
    return value === null ? null : {value, from, to};
  }

  function candidate(value) {
    const source = object(value);
    return {
      name: text(source.name),
      continuous: source.continuous ?? null,
      residual: number(source.manifold_residual),
      ...density(source),
    };
  }

  function alignment(value) {
    if (!value) return null;
    const source = object(value);
    const latents = texts(source.latents), directions = texts(source.directions);
    const angles = rows(source.angles_degrees);
    const complete =
        angles.length === latents.length && angles.every((row) => row.length === directions.length);
    return complete && latents.length && directions.length ?
        {label: text(source.label), latents, directions, angles} :
        null;
  }

  symscan.readBreakingCurve = function(value) {
    const source = object(value);
    const values = numbers(source.values);
    if (!values.some((x) => x !== null)) return null;
    return {
      label: text(source.label),
      parameter: text(source.parameter) || 'parameter',
      values,
      local: series(source.local_dimension),
      eigenvalue: series(source.generator_eigenvalue),
      relevance: rows(source.relevance),
      algebra: texts(source.algebra),
    };
  };

  // Null if nothing was analysed: the study then has no section on symmetry.
  symscan.readAnalysis = function(value) {
    if (!value) return null;
    const source = object(value);
    const curves = list(source.beta_curves).map(betaCurve).filter((c) => c.beta.some((b) => b > 0));
    const result = {
      sentences: texts(source.sentences),
      truth: truth(source.truth),
      neighbours: neighbours(source.neighbour_dimension),
      dimension: number(object(source.dimension).value),
      local: localDimension(object(source.dimension)),
      rotations: text(source.rotations) || null,
      leftOut: list(source.left_out).map((part) => text(object(part).part)),
      rank: number(source.linear_rank),
      outliers: number(source.outliers) || null,
      constraints: list(source.constraints).map(constraint),
      constraintNotes: texts(source.constraint_notes),
      groups: list(source.groups).map(group),
      curves,
      symmetry: symmetry(source.symmetry),
      distribution: distribution(
          source.distribution, source.symmetry ? texts(source.symmetry.coordinates) : texts(source.columns)),
      candidates: list(source.candidates).map(candidate),
      alignment: alignment(source.alignment),
      ...symscan.readFurther(source),
    };
    const found = Object.values(result).some((part) => (Array.isArray(part) ? part.length : part !== null));
    return found ? result : null;
  };

  const CLOSE = 1.02;  // losses within 2 % are equally good

  // The largest latent_dim among the best trainings of a beta; null where that is not known. In a model of too few
  // latents the number of those that are active says nothing.
  function largestOfBest(study, beta) {
    const optima = study.optima.filter((o) => o.beta === beta && o.loss !== null && o.latent_dims.length);
    const lowest = Math.min(...optima.map((o) => o.loss));
    const good = optima.filter((o) => o.loss <= (lowest > 0 ? lowest * CLOSE : lowest / CLOSE));
    return good.length ? Math.max(...good.flatMap((o) => o.latent_dims)) : null;
  }

  // The group by which a study is judged: of the largest latent_dim that trained as well as any; of several, the one
  // that shows most directions.
  symscan.analysedGroup = function(analysis, study) {
    const latents = (g) => {
      const group = study.groups.find((own) => own.id === g.id);
      return group && group.latent_dim !== null ? group.latent_dim : null;
    };
    const most = (groups) => groups.reduce((best, g) => (best && !(g.local.mean > best.local.mean) ? best : g), null);
    const good = analysis.groups.filter((g) => latents(g) !== null && latents(g) === largestOfBest(study, g.beta));
    const largest = Math.max(0, ...analysis.groups.map(latents));
    return most(good.length ? good : analysis.groups.filter((g) => latents(g) === largest)) || most(analysis.groups);
  };
}
