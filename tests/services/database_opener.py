"""A process that opens a database, and prints the revision that it takes there.

    python database_opener.py URL

It prints `ready`, waits for a line on its standard input, and only then opens the database.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.storage import systems
from server.storage.database import Database


def main() -> None:
    """Open the database that the argument names."""
    print("ready", flush=True)
    sys.stdin.readline()
    database = Database(sys.argv[1])
    print(database.write(systems.next_revision), flush=True)
    database.close()


if __name__ == "__main__":
    main()
