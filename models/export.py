"""A network as ONNX, for other runtimes."""

import logging
import warnings
from pathlib import Path

import torch
from torch import nn

from ecgscale import RunError

_OPSET = 18


class ExportFailed(RunError):
    """A network could not be written in another format."""


def export_onnx(network: nn.Module, path: Path, *, leads: int, length: int) -> None:
    """Write `network` in evaluation mode as one ONNX file: `signals`, N x leads x length, to `logits`, N x classes.

    Raises:
        ExportFailed: the exporter's packages are missing, or the network does not take such signals or cannot be
            expressed.
        OSError: the file cannot be written.
    """
    try:
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ExportFailed("the export to ONNX needs more packages: pip install 'ecgscale[onnx]'") from error
    example = torch.zeros(2, leads, length, device=next(network.parameters()).device)
    training, talk = network.training, logging.getLogger("torch.onnx")
    level = talk.level
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            talk.setLevel(logging.ERROR)
            network.eval()(example)
            program = torch.onnx.export(
                network,
                (example,),
                dynamo=True,
                opset_version=_OPSET,
                input_names=["signals"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("records")},),
                verbose=False,
            )
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ExportFailed(f"the network cannot be written for {leads} x {length} signals: {reason}") from error
    finally:
        network.train(training)
        talk.setLevel(level)
    assert program is not None
    program.save(path, include_initializers=True, external_data=False)
