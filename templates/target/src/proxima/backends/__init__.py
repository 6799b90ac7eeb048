"""Backends: their contract, and the registry that finds them."""

from proxima.backends.base import (
    BaseBackendAdapter,
    Capabilities,
    ExecutionResult,
    ResourceEstimate,
    ResultType,
    SimulatorType,
    ValidationResult,
)
from proxima.backends.exceptions import (
    BackendError,
    BackendErrorCode,
    BackendNotInstalledError,
    BackendTimeoutError,
    CircuitValidationError,
    ExecutionError,
    MemoryExceededError,
    QubitLimitExceededError,
    UnsupportedOperationError,
    wrap_backend_exception,
)
from proxima.backends.registry import BackendRegistry, BackendStatus, backend_registry

__all__ = [
    "BackendError",
    "BackendErrorCode",
    "BackendNotInstalledError",
    "BackendRegistry",
    "BackendStatus",
    "BackendTimeoutError",
    "BaseBackendAdapter",
    "Capabilities",
    "CircuitValidationError",
    "ExecutionError",
    "ExecutionResult",
    "MemoryExceededError",
    "QubitLimitExceededError",
    "ResourceEstimate",
    "ResultType",
    "SimulatorType",
    "UnsupportedOperationError",
    "ValidationResult",
    "backend_registry",
    "wrap_backend_exception",
]
