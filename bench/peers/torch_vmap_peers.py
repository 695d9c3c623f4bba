"""PyTorch, R models stacked by torch.func.vmap: eager and compiled."""
import torch
from torch.func import functional_call, grad, vmap

from common import BATCH, LATENTS, ROWS
from torch_peers import Eager, configure  # noqa: F401


class Vmap(Eager):
    """Each replica has its own shuffle and noise. Adam works per element, so one optimiser serves all."""

    sequential = False

    def make_parameters(self):
        self.names = [name for name, _ in self.model.named_parameters()]
        return [torch.zeros(self.replicas, *parameter.shape, device=self.device) for parameter in self.model.parameters()]

    def prepare(self):
        self.gradients = vmap(grad(lambda parameters, x, noise: functional_call(self.model, parameters, (x, noise))))

    def shuffled(self):
        return torch.rand(self.replicas, ROWS, device=self.device).argsort(dim=-1)

    def step(self, x):
        noise = torch.randn(self.replicas, BATCH, LATENTS, device=self.device)
        gradients = self.gradients(dict(zip(self.names, self.parameters)), x, noise)
        for name, parameter in zip(self.names, self.parameters):
            parameter.grad = gradients[name]
        self.optimizer.step()


class VmapCompiled(Vmap):
    def prepare(self):
        super().prepare()
        torch.compiler.reset()  # else a second number of replicas would get slower code for any number
        self.gradients = torch.compile(self.gradients, dynamic=False)


PEERS = {"torch_vmap": Vmap, "torch_vmap_compile": VmapCompiled}
