"""Callbacks for ``symscan.train(..., callbacks=[...])`` that pass a run on to tools for tracking experiments. Their clients
are imported when they are used."""
import math
import os

__all__ = ["MLflowCallback", "WandbCallback"]


def _flat(config, prefix=""):
    """{"loss.beta": "[0.1]"} of nested dictionaries; values as text."""
    flat = {}
    for key, value in config.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = str(value)
    return flat


def _groups(run):
    """(group, means) of every group with a result: loss, reconstruction, kl, active latents, relevance of each latent."""
    for group in run.summary["groups"]:
        if not group["done"]:
            continue
        means = {key: group[key]["mean"] for key in ("loss", "reconstruction", "kl", "active_latents")}
        for place, value in enumerate(group["relevance"]["mean"], 1):
            means[f"relevance_z{place}"] = value
        yield group, {key: value for key, value in means.items() if value is not None and math.isfinite(value)}


class MLflowCallback:
    """Logs a run to MLflow (package mlflow or mlflow-skinny): the config as parameters, the means of every group of replicas
    as metrics with the group as step, summary.json, findings, and the files of the run directory as artifacts.

    experiment : str or None
    tracking_uri : str or None
    run_name : str or None
    """

    def __init__(self, experiment=None, tracking_uri=None, run_name=None):
        self.experiment, self.tracking_uri, self.run_name = experiment, tracking_uri, run_name

    def on_end(self, run):
        import mlflow

        if self.tracking_uri is not None:
            mlflow.set_tracking_uri(self.tracking_uri)
        if self.experiment is not None:
            mlflow.set_experiment(self.experiment)
        with mlflow.start_run(run_name=self.run_name or run.name):
            mlflow.log_params({key: value[:500] for key, value in _flat(run.config).items()})
            for group, means in _groups(run):
                mlflow.log_metrics(means, step=group["id"])
            mlflow.set_tags({"symscan.backend": run.backend, "symscan.complete": str(run.complete)})
            mlflow.log_dict(run.summary, "summary.json")
            mlflow.log_dict(run.findings.to_dict(), "analysis.json")
            if run.directory:
                for name in ("models.safetensors", "metrics.jsonl", "config.json"):
                    path = os.path.join(run.directory, name)
                    if os.path.exists(path):
                        mlflow.log_artifact(path)


class WandbCallback:
    """Logs a run to Weights & Biases (package wandb); ``mode="offline"`` (the default) writes a directory that `wandb sync`
    uploads later. Arguments beyond ``mode`` go to ``wandb.init``."""

    def __init__(self, mode="offline", **init):
        self.mode, self.init = mode, init

    def on_end(self, run):
        import wandb

        with wandb.init(mode=self.mode, config=run.config, name=self.init.pop("name", run.name), **self.init) as tracked:
            for group, means in _groups(run):
                tracked.log(means, step=group["id"])
            tracked.summary["symscan.backend"] = run.backend
            for place, sentence in enumerate(run.findings.sentences):
                tracked.summary[f"sentences.{place:02d}"] = sentence
