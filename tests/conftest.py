"""What every test can ask for: the real model servers."""

from model_servers.fixtures import litellm, llama, mlx, pytest_runtest_makereport

__all__ = ["litellm", "llama", "mlx", "pytest_runtest_makereport"]
