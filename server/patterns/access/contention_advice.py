"""What to do about two systems at one resource, by what the resource is."""

from urllib.parse import urlsplit

_DATABASES = ("sqlite", "postgresql", "mysql")
_STORES = ("s3", "gs", "abfs", "abfss", "http", "https")


def advice(resource: str, writer: str, other: str, *, both_write: bool) -> str:
    """What keeps the two apart at this resource."""
    scheme = urlsplit(resource).scheme if "://" in resource else ""
    if scheme in _DATABASES:
        how = (
            f"Let {writer} write {resource} in one transaction"
            + (
                f", and {other} as well: with a lock on the rows they share, or by one of the two alone"
                if both_write
                else ""
            )
            + (f", and let {other} read from a snapshot" if not both_write else "")
        )
    elif scheme in _STORES:
        how = (
            f"Write {resource} under a condition (If-Match with the version that was read)"
            if both_write
            else f"Let {writer} write a new version beside {resource} and switch over to it when it is complete"
        )
    elif both_write:
        how = (
            f"Let one of {writer} and {other} own {resource} and the other hand its part over, or take a lock on it"
            " around read, change and write; write to a temporary file, then rename it"
        )
    else:
        how = (
            f"Let {writer} replace {resource} atomically (write to a temporary file, then rename it) or hold a lock while it"
            f" writes; or let {other} check that the file is complete and fresh before it reads"
        )
    return f"{how}. Else move the schedule of one of them out of the other's time."
