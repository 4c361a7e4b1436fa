"""Make objects whose unpickling runs code: an input that holds one must never leave a file called PWNED."""

from __future__ import annotations

import os
from typing import Any


class Payload:
    """Run a function when it is unpickled."""

    def __init__(self, function: Any = os.system, *arguments: Any) -> None:
        self.call = (function, arguments or ("touch PWNED",))

    def __reduce__(self) -> Any:
        return self.call
