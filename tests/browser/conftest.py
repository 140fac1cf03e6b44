from __future__ import annotations

from tests.orchestrator.web.served import served, story_settings

__all__ = ["served", "story_settings"]
