"""PyTorch, one model at a time: a plain loop, and torch.compile of the loss."""
import torch
from torch import nn

from common import ACTIVATION, BATCH, BETA, BETA1, BETA2, EPSILON, LATENTS, LAYERS, LEARNING_RATE, ROWS, STEPS, Unavailable
from common import dataset, initial_weights


def configure(tf32):
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    return {"torch": torch.__version__, "threads": torch.get_num_threads()}


def bend(values):
    return torch.tanh(values) if ACTIVATION == "tanh" else nn.functional.gelu(values, approximate="tanh")


class Vae(nn.Module):
    """forward gives the loss of one batch: x [BATCH, FEATURES], noise [BATCH, LATENTS]."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in LAYERS)

    def forward(self, x, noise):
        enter, narrow, latent, widen, leave, output = self.layers
        mu, logvar = latent(bend(narrow(bend(enter(x))))).chunk(2, dim=-1)
        z = mu + torch.exp(logvar / 2) * noise
        reconstruction = output(bend(leave(bend(widen(z)))))
        kl = (mu.square() + logvar.exp() - 1 - logvar).sum(-1) / 2
        return ((reconstruction - x).square().sum(-1) + BETA * kl).mean()


class Eager:
    """The loop of a tutorial, with the fused optimiser and the data on the device."""

    sequential = True
    schedule = None
    optimizer_options = {}

    def __init__(self, replicas, device):
        if device == "cuda" and not torch.cuda.is_available():
            raise Unavailable("PyTorch finds no CUDA device")
        self.device, self.replicas = device, replicas
        self.data = torch.from_numpy(dataset()).to(device)
        self.model = Vae().to(device)
        self.parameters = self.make_parameters()
        self.optimizer = torch.optim.Adam(self.parameters, lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON,
                                          fused=True, **self.optimizer_options)
        self.prepare()

    def make_parameters(self):
        return list(self.model.parameters())

    def prepare(self):
        self.loss = self.model

    @torch.no_grad()
    def start(self, seeds):
        arrays = [array for layer in initial_weights(seeds) for array in layer]
        for parameter, array in zip(self.parameters, arrays):
            parameter.copy_(torch.from_numpy(array).reshape(parameter.shape))
        for state in self.optimizer.state.values():
            for value in state.values():
                value.zero_()
        torch.manual_seed(seeds[0])
        self.steps_done = 0

    def shuffled(self):
        return torch.randperm(ROWS, device=self.device)

    def epochs(self, count):
        for _ in range(count):
            order = self.shuffled()
            for step in range(STEPS):
                if self.schedule:
                    self.optimizer.param_groups[0]["lr"] = LEARNING_RATE * float(self.schedule(self.steps_done))
                self.steps_done += 1
                self.step(self.data[order[..., step * BATCH:(step + 1) * BATCH]])

    def step(self, x):
        self.optimizer.zero_grad()
        self.loss(x, torch.randn(BATCH, LATENTS, device=self.device)).backward()
        self.optimizer.step()

    def synchronise(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def weights(self):
        arrays = [parameter.detach().cpu().numpy() for parameter in self.parameters]
        return [(weight.reshape(self.replicas, *weight.shape[-2:]), bias.reshape(self.replicas, -1))
                for weight, bias in zip(arrays[::2], arrays[1::2])]


class Compiled(Eager):
    def prepare(self):
        # On a GPU reduce-overhead puts the compiled kernels into CUDA graphs.
        self.loss = torch.compile(self.model, mode="reduce-overhead" if self.device == "cuda" else "default")


PEERS = {"torch_eager": Eager, "torch_compile": Compiled}
