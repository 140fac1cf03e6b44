from tests.collection import given

__all__ = ["given"]
