"""Texts and pictures as vectors."""

import reprlib
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Factory, define

from ..._base import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float32]
else:
    FloatArray = Any  # numpy need not be installed


@define(repr=False)
class Embeddings(Answer):
    """Vectors, one for each input, in the order of the inputs."""

    data: list[list[float]]
    """The vectors."""
    shape: list[int] = Factory(list)
    """How many there are, and how wide each is; worked out from `data` where the service does not say."""
    pooling: str | None = None
    """"mean" or "cls", where the model says. The two are not comparable with each other."""

    def to_numpy(self) -> "FloatArray":
        """Give the vectors as one array of shape `shape` and type float32.

        Raises:
            ModuleNotFoundError: numpy is not installed; it comes with `cfai-sdk[numpy]`.
        """
        try:
            import numpy as np
        except ModuleNotFoundError:
            raise ModuleNotFoundError("to_numpy() needs numpy: pip install 'cfai-sdk[numpy]'") from None
        return np.asarray(self.data, dtype=np.float32)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        pooling = "" if self.pooling is None else f", pooling={reprlib.repr(self.pooling)}"
        return f"Embeddings(shape={reprlib.repr(self.shape)}{pooling})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Let numpy take the answer itself where it takes an array."""
        return self.to_numpy() if dtype is None else self.to_numpy().astype(dtype)
