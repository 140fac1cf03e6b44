from tests.concurrency.fixtures import crowd, month, months, undisturbed

__all__ = ["crowd", "month", "months", "undisturbed"]
