"""Win32 error codes and the English words Windows has for them (Microsoft documentation: "System Error Codes")."""

from __future__ import annotations

FILE_NOT_FOUND = 2
PATH_NOT_FOUND = 3
ACCESS_DENIED = 5
INVALID_DRIVE = 15
NOT_SAME_DEVICE = 17
SHARING_VIOLATION = 32
BAD_NETPATH = 53
FILE_EXISTS = 80
DISK_FULL = 112
INVALID_NAME = 123
DIR_NOT_EMPTY = 145
ALREADY_EXISTS = 183
DIRECTORY = 267
NOT_A_REPARSE_POINT = 4390

TEXTS = {
    1: "Incorrect function.",
    FILE_NOT_FOUND: "The system cannot find the file specified.",
    PATH_NOT_FOUND: "The system cannot find the path specified.",
    ACCESS_DENIED: "Access is denied.",
    INVALID_DRIVE: "The system cannot find the drive specified.",
    NOT_SAME_DEVICE: "The system cannot move the file to a different disk drive.",
    SHARING_VIOLATION: "The process cannot access the file because it is being used by another process.",
    BAD_NETPATH: "The network path was not found.",
    FILE_EXISTS: "The file exists.",
    DISK_FULL: "There is not enough space on the disk.",
    INVALID_NAME: "The filename, directory name, or volume label syntax is incorrect.",
    DIR_NOT_EMPTY: "The directory is not empty.",
    ALREADY_EXISTS: "Cannot create a file when that file already exists.",
    DIRECTORY: "The directory name is invalid.",
    NOT_A_REPARSE_POINT: "The file or directory is not a reparse point.",
}


class FileError(Exception):
    """A file operation failed with a Win32 error code."""

    def __init__(self, code: int, path: str = "") -> None:
        super().__init__(code, path)
        self.code = code
        self.path = path

    @property
    def text(self) -> str:
        """Return the words of Windows for this error."""
        return TEXTS.get(self.code, f"Error {self.code}")

    def __str__(self) -> str:
        return f"{self.text} ({self.code}, {self.path!r})"
