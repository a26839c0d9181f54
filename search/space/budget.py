"""What an architecture may cost."""

from pydantic import BaseModel, ByteSize, ConfigDict, Field, TypeAdapter, ValidationError, field_validator


class Budget(BaseModel):
    """What an architecture may cost; drafts beyond it never become trials.

    Attributes:
        max_flops: of one forward pass on one record.
        max_params: learnable parameters.
        max_memory: bytes of a training step at its peak; 8GB and 8GiB are understood.
        receptive_field: the fewest and the most input samples that one sample of the last feature map may depend on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_flops: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_params: int | None = Field(default=None, gt=0)
    max_memory: ByteSize | None = Field(default=None, gt=0)
    receptive_field: tuple[int, int] | None = None

    @field_validator("max_memory", mode="before")
    @classmethod
    def _size(cls, given: object) -> object:
        try:
            return TypeAdapter(ByteSize | None).validate_python(given)
        except ValidationError as error:
            raise ValueError(f"a size is written like 8GB or 512MiB, but got {given!r}") from error

    @field_validator("receptive_field", mode="before")
    @classmethod
    def _bounds(cls, given: object) -> object:
        """Of A:B as people type it, or of two numbers."""
        bounds = given.split(":") if isinstance(given, str) else given
        try:
            low, high = TypeAdapter(tuple[int, int] | None).validate_python(bounds) or (1, 1)
        except ValidationError as error:
            raise ValueError(f"a receptive field is written A:B, in samples, but got {given!r}") from error
        if not 1 <= low <= high:
            raise ValueError(f"a receptive field A:B needs 1 <= A <= B, in samples, but got {given!r}")
        return bounds
