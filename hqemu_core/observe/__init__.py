"""What HQEMU shows of itself: debug output (``-debuglv``) and statistics at exit (``-profile``).

Imported only when one of them is asked for. Parts are watched through the callables that they keep for that, or by
replacing their methods in the running objects, so nothing is tested where nobody looks on.
"""
