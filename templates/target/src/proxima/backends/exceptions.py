"""The errors that a backend raises: a code for programs, a sentence and suggestions for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class BackendErrorCode(str, Enum):
    """What went wrong, for a program to act on."""

    NOT_INSTALLED = "not_installed"
    IMPORT_FAILED = "import_failed"
    CONNECTION_FAILED = "connection_failed"
    TIMEOUT = "timeout"
    INVALID_CIRCUIT = "invalid_circuit"
    UNSUPPORTED_OPERATION = "unsupported_operation"
    QUBIT_LIMIT_EXCEEDED = "qubit_limit_exceeded"
    INVALID_OPTIONS = "invalid_options"
    MEMORY_EXCEEDED = "memory_exceeded"
    RESOURCE_EXHAUSTED = "resource_exhausted"
    HARDWARE_UNAVAILABLE = "hardware_unavailable"
    CIRCUIT_INVALID = "circuit_invalid"
    EXECUTION_FAILED = "execution_failed"
    SIMULATION_ERROR = "simulation_error"
    RESULT_EXTRACTION_FAILED = "result_extraction_failed"
    INTERNAL_ERROR = "internal_error"
    UNKNOWN = "unknown"


# Compared and hashed by identity, as every exception is: Python keeps exceptions in sets.
@dataclass(eq=False)
class BackendError(Exception):
    """Base of all errors of a backend.

    ``recoverable`` tells whether the same call may succeed later; ``retry_after_seconds`` when.
    """

    code: BackendErrorCode
    message: str
    backend_name: str = ""
    recoverable: bool = False
    retry_after_seconds: float | None = None
    suggestions: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    original_exception: Exception | None = None

    def __post_init__(self) -> None:
        super().__init__(self.message)

    def __str__(self) -> str:
        name = f"({self.backend_name}) " if self.backend_name else ""
        return f"[{self.code.value}] {name}{self.message}"

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain values; the original exception becomes its text."""
        original = self.original_exception
        return {
            "code": self.code.value,
            "message": self.message,
            "backend_name": self.backend_name,
            "recoverable": self.recoverable,
            "retry_after_seconds": self.retry_after_seconds,
            "suggestions": list(self.suggestions),
            "details": dict(self.details),
            "original_exception": None if original is None else str(original),
        }


class BackendNotInstalledError(BackendError):
    """The packages that a backend needs are not installed."""

    def __init__(
        self, backend_name: str, missing_packages: list[str] | None = None, **kwargs: Any
    ) -> None:
        packages = missing_packages or [backend_name]
        super().__init__(
            code=BackendErrorCode.NOT_INSTALLED,
            message=f"Backend '{backend_name}' needs {', '.join(packages)}, not installed here",
            backend_name=backend_name,
            suggestions=[f"pip install {' '.join(packages)}"],
            details={"missing_packages": packages},
            **kwargs,
        )


class BackendTimeoutError(BackendError):
    """An operation took longer than the caller allowed."""

    def __init__(
        self,
        backend_name: str,
        timeout_seconds: float,
        operation: str = "execution",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            code=BackendErrorCode.TIMEOUT,
            message=f"The {operation} on '{backend_name}' took longer than {timeout_seconds} s",
            backend_name=backend_name,
            recoverable=True,
            retry_after_seconds=timeout_seconds,
            suggestions=["Allow more time", "Try a smaller circuit"],
            details={"timeout_seconds": timeout_seconds, "operation": operation},
            **kwargs,
        )


class CircuitValidationError(BackendError):
    """The circuit cannot be run: a wrong type, an unreadable operation, nothing to measure."""

    def __init__(
        self,
        backend_name: str,
        reason: str,
        circuit_info: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            code=BackendErrorCode.INVALID_CIRCUIT,
            message=f"The circuit cannot be run: {reason}",
            backend_name=backend_name,
            suggestions=["Pass a cirq.Circuit whose operations are unitary gates or measurements"],
            details={"reason": reason, "circuit_info": circuit_info or {}},
            **kwargs,
        )


class QubitLimitExceededError(BackendError):
    """The circuit has more qubits than the backend accepts."""

    def __init__(
        self, backend_name: str, requested_qubits: int, max_qubits: int, **kwargs: Any
    ) -> None:
        super().__init__(
            code=BackendErrorCode.QUBIT_LIMIT_EXCEEDED,
            message=(
                f"The circuit has {requested_qubits} qubits and '{backend_name}' "
                f"accepts at most {max_qubits}"
            ),
            backend_name=backend_name,
            suggestions=[f"Use at most {max_qubits} qubits", "Choose a larger backend"],
            details={"requested_qubits": requested_qubits, "max_qubits": max_qubits},
            **kwargs,
        )


class UnsupportedOperationError(BackendError):
    """The backend does not have an operation that was asked of it."""

    def __init__(
        self,
        backend_name: str,
        operation: str,
        supported_operations: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            code=BackendErrorCode.UNSUPPORTED_OPERATION,
            message=f"Backend '{backend_name}' has no operation '{operation}'",
            backend_name=backend_name,
            suggestions=["Write it with supported operations", "Choose another backend"],
            details={
                "operation": operation,
                "supported_operations": supported_operations or [],
            },
            **kwargs,
        )


class ExecutionError(BackendError):
    """The simulator failed while it ran."""

    def __init__(
        self, backend_name: str, reason: str, stage: str = "execution", **kwargs: Any
    ) -> None:
        super().__init__(
            code=BackendErrorCode.EXECUTION_FAILED,
            message=f"The run failed during {stage}: {reason}",
            backend_name=backend_name,
            recoverable=True,
            suggestions=["Try a smaller circuit or fewer shots"],
            details={"reason": reason, "stage": stage},
            **kwargs,
        )


class MemoryExceededError(BackendError):
    """The run would need more memory than there is. Both numbers are in mebibytes."""

    def __init__(
        self,
        backend_name: str,
        required_mb: float,
        available_mb: float | None = None,
        **kwargs: Any,
    ) -> None:
        there_is = "" if available_mb is None else f" of {available_mb:.1f} MB available"
        super().__init__(
            code=BackendErrorCode.MEMORY_EXCEEDED,
            message=f"The circuit needs about {required_mb:.1f} MB{there_is}",
            backend_name=backend_name,
            suggestions=["Use fewer qubits: memory doubles with each one"],
            details={"required_mb": required_mb, "available_mb": available_mb},
            **kwargs,
        )


def wrap_backend_exception(
    exc: Exception, backend_name: str, operation: str = "execution"
) -> BackendError:
    """Turn whatever a simulator raised into a ``BackendError`` that keeps the original.

    The kind is told by the exception's type, then by its text, because simulators written in other
    languages raise ``RuntimeError`` for everything.
    """
    if isinstance(exc, BackendError):
        return exc
    text = str(exc).lower()
    if isinstance(exc, MemoryError) or "memory" in text or "alloc" in text:
        code, recoverable = BackendErrorCode.MEMORY_EXCEEDED, False
    elif isinstance(exc, TimeoutError) or "timeout" in text or "timed out" in text:
        code, recoverable = BackendErrorCode.TIMEOUT, True
    elif isinstance(exc, ImportError):
        code, recoverable = BackendErrorCode.IMPORT_FAILED, False
    else:
        return ExecutionError(backend_name, str(exc), operation, original_exception=exc)
    return BackendError(
        code=code,
        message=f"The {operation} failed: {exc}",
        backend_name=backend_name,
        recoverable=recoverable,
        original_exception=exc,
    )
