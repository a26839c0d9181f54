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
        ExportFailed: the exporter's packages are missing, or it cannot express the network.
    """
    try:
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ExportFailed("the export to ONNX needs more packages: pip install 'ecgscale[onnx]'") from error
    device = next(network.parameters()).device
    example = torch.zeros(2, leads, length, device=device)
    training = network.training
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logging.getLogger("torch.onnx").setLevel(logging.ERROR)
            program = torch.onnx.export(
                network.eval(),
                (example,),
                dynamo=True,
                opset_version=_OPSET,
                input_names=["signals"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("records")},),
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        raise ExportFailed(f"the network cannot be written as ONNX: {' '.join(str(error).split())}") from error
    finally:
        network.train(training)
    assert program is not None
    program.save(path, include_initializers=True, external_data=False)
