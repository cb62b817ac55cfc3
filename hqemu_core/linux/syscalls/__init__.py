"""System calls as data: ``tables/`` says what there is, ``table.SyscallTable`` makes functions of it."""
