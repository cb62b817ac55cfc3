"""grep, sed, find, xargs, diff-like tools, gawk, file."""

from __future__ import annotations

from ..runner import FILES, Row

GAWK = """
BEGIN { FS = "[ ,]"; srand(3); x = rand() }
FNR > 1 { n[$2 % 10]++; s += $2 * $4; if (match($0, /([0-9]+) of ([0-9]+)/, m)) t += m[2] - m[1] }
END {
    for (i = 0; i < 10; i++) printf "%d %d %.15g\\n", i, n[i], log(n[i] + 1)
    print s, t, x, toupper("abc"), substr("hello", 2, 3), strtonum("0x1f"), and(12, 10), lshift(1, 40)
    print gensub(/(l)(i)/, "\\\\2\\\\1", "g", "line li"), strftime("%Y-%m-%d", 86400 * 365, 1), length(n), 2 ** 70, 1e300 * 1e300
    c = asorti(n, keys); print c, keys[1]; print exp(1), sin(1), cos(1), atan2(1, 2), sqrt(2), int(-3.7), -7 % 3
    "echo from a command" | getline line; print line; system("exit 3"); printf "%s %5.2f %e %c\\n", "x", 2 / 3, 1e-5, 65
}
"""

ROWS = [
    Row("grep-count", ("grep", "-c", "7 of", "text")),
    Row("grep-ere", ("grep", "-nE", "(1|2)0+ of [0-9]{2}$", "text"), block=True),
    Row("grep-pcre", ("grep", "-oP", "(?<=line )\\d+(?= of 1\\d\\b)", "text")),
    Row("grep-recursive", ("grep", "-rc", "3", "sub")),
    Row("grep-binary", ("grep", "-c", "a", "noise")),
    Row("grep-fixed", ("grep", "-F", "-f", "sub/one", "-m3", "text")),
    Row("grep-none", ("grep", "nothing here", "text")),
    Row("grep-bad", ("grep", "-E", "a(b", "text")),
    Row("grep-backref", ("grep", "-E", "([a-f])\\1", "words")),
    Row("grep-icase", ("grep", "-iw", "LINE", "text")),
    Row("sed-substitute", ("sed", "-nE", "s/line ([0-9]*) of (.*)/\\2:\\1/;1,20p;$=", "text"), block=True),
    Row("sed-script", ("sed", "-e", ":a;N;$!ba;s/\\n/,/g", "words")),
    Row("sed-hold", ("sed", "-n", "1!G;h;$p", "sub/two")),
    Row("sed-in-place", ("sed", "-i.bak", "y/abc/ABC/;3d;5q", "words")),
    Row("sed-error", ("sed", "s/a", "text")),
    Row("sed-execute", ("sed", "1e echo executed", "sub/two")),
    Row("find-names", ("find", "sub", "-type", "f", "-printf", "%p %s %m %d\\n")),
    Row("find-exec", ("find", "sub", "-name", "t*", "-exec", "wc", "-l", "{}", "+")),
    Row("find-each", ("find", "sub", "-name", "t*", "-exec", "basename", "{}", ";")),
    Row("find-missing", ("find", "nowhere")),
    Row("find-size", ("find", ".", "-size", "+8k", "-newermt", "2001-01-01", "-delete", "-print")),
    Row("xargs-batches", ("xargs", "-n", "50", "echo"), FILES["words"]),
    Row("xargs-parallel", ("xargs", "-P", "3", "-I{}", "sh", "-c", "exit {}"), b"0\n1\n0\n"),
    Row("xargs-255", ("xargs", "-n1", "sh", "-c", "exit 255"), b"a b c\n"),
    Row("gawk-all", ("gawk", GAWK, "text"), block=True),
    Row("gawk-fields", ("gawk", "-F,", "NR > 1 { a[$2] += $3 } END { for (k in a) print k, a[k] | \"sort\" }", "table.csv")),
    Row("gawk-csv", ("gawk", "-v", "OFS=;", "{ $1 = $1; print NR, NF, $0 }", "table.csv")),
    Row("gawk-error", ("gawk", "BEGIN { print 1 / 0 }")),
    Row("gawk-getline", ("gawk", "BEGIN { while ((getline l < \"words\") > 0) n += length(l); print n; exit 7 }")),
    Row("gawk-bignum", ("gawk", "-M", "BEGIN { print 2 ^ 200; PREC = 200; print sqrt(2.0) }")),
    Row("gawk-coprocess", ("gawk", "BEGIN { c = \"sort\"; print \"b\\na\" |& c; close(c, \"to\"); while ((c |& getline l) > 0) print l }")),
    Row("file-kinds", ("file", "-b", "text", "noise", "sub", "table.csv")),
]  # fmt: skip
