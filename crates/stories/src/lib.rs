//! The stories: what users do, told through the doors. They stand under `tests/it`, in one binary.
