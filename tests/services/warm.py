"""What the programs of the tests work with, loaded once for all processes that are forked from there."""

import alembic.command
import psycopg
import sqlmodel

import server.app
import server.services
import server.storage.database
import server.storage.tables
from server.conflicts import service as conflicts
from server.jobs import service as jobs
from server.patterns import service as patterns
from server.proposals import service as proposals

__all__ = ["alembic", "conflicts", "jobs", "patterns", "proposals", "psycopg", "server", "sqlmodel"]
