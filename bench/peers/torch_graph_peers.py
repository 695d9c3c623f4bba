"""PyTorch, CUDA graphs of a whole step: of one model, and of models stacked by vmap, eager or compiled."""
import torch

from common import BATCH, STEPS, Unavailable
from torch_peers import Eager, configure  # noqa: F401
from torch_vmap_peers import Vmap, VmapCompiled


class GraphOfStep:
    """Goes before a peer in the list of bases: its whole step, optimiser included, is captured once and then replayed."""

    optimizer_options = {"capturable": True}

    def prepare(self):
        if self.device != "cuda":
            raise Unavailable("CUDA graphs need a CUDA device")
        super().prepare()
        self.order = self.shuffled()
        self.rows = torch.arange(BATCH, device=self.device)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self.next_batch()
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.next_batch()

    def next_batch(self):
        self.step(self.data[self.order.index_select(-1, self.rows)])
        self.rows += BATCH

    def epochs(self, count):
        for _ in range(count):
            self.order.copy_(self.shuffled())
            self.rows.copy_(torch.arange(BATCH, device=self.device))
            for _ in range(STEPS):
                self.graph.replay()


class Graph(GraphOfStep, Eager):
    pass


class VmapGraph(GraphOfStep, Vmap):
    pass


class VmapCompiledGraph(GraphOfStep, VmapCompiled):
    pass


PEERS = {"torch_cuda_graph": Graph, "torch_vmap_cuda_graph": VmapGraph,
         "torch_vmap_compile_cuda_graph": VmapCompiledGraph}
