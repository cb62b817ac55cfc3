"""Shell scripts, each run by dash and bash; what is bash's own by bash alone."""

from __future__ import annotations

from ..runner import FILES, Row

SCRIPTS = {
    "arithmetic": "i=0; while [ $i -lt 300 ]; do i=$((i + 1)); done; echo $i $((1 << 40)) $((-7 / 2)) $((-7 % 3)) $((0x1f & 7)); "
                  "echo $((i > 5 ? i * i : 0)) $(((3 + 4) * 5)); exit 3",
    "pipeline": "echo b; (echo a; echo c) | while read x; do echo $x$x; done; cat text | sort | head -3 | tr a-z A-Z",
    "long-pipeline": "cat text | cat | cat | cat | cat | cat | wc -l; true | false; echo $?; false | true; echo $?",
    "here-doc": "x=5; cat <<EOF\nvalue $x $(echo inner) $((x + 1))\nEOF\ncat <<'EOF'\nliteral $x\nEOF\ncat <<-EOF\n\ttabs\n\tEOF\n",
    "substitution": "a=$(echo one; echo two); echo \"$a\"; b=`echo nested \\`echo deep\\``; echo $b; echo $(exit 4) $?; c=$(exit 5); echo $?",
    "traps": "trap 'echo exiting $?' EXIT; trap 'echo got usr1' USR1; kill -USR1 $$; trap '' USR2; kill -USR2 $$; echo alive; exit 9",
    "trap-term": "trap 'echo term; exit 11' TERM; kill -TERM $$; echo never",
    "trap-child": "sh -c 'kill -TERM $$'; echo $?; sh -c 'kill -KILL $$'; echo $?; sh -c 'kill -SEGV $$'; echo $?; (kill -HUP $(exec sh -c 'echo $PPID')); echo $?",
    "background": "sleep 0.1 & p=$!; wait $p; echo $?; (exit 7) & wait $!; echo $?; for i in 1 2 3 4; do (exit $i) & done; wait; echo all",
    "background-kill": "sleep 100 & p=$!; kill $p; wait $p; echo $?",
    "functions": "fib() { if [ $1 -lt 2 ]; then echo $1; else echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); fi; }; fib 7",
    "locals": "f() { local x=2; x=$((x + $1)); echo $x; return 6; }; x=1; f 5; echo $? $x; g() { set -- a 'b c'; echo $# $2; }; g; echo $#",
    "loops": "for i in a b c; do for j in 1 2 3; do [ $j = 2 ] && continue; [ $i = c ] && break 2; echo $i$j; done; done; until [ ${n:-0} -ge 3 ]; do n=$((n + 1)); done; echo $n",
    "case": "for x in apple banana 42 '' '*'; do case $x in a*) echo A;; *[0-9]*) echo number;; '') echo empty;; \\*) echo star;; *) echo other;; esac; done",
    "parameters": "a=hello.tar.gz; echo ${a%.*} ${a%%.*} ${a#*.} ${a##*.} ${#a} ${b:-default} ${b:=set} $b ${a:+yes}; unset b; echo ${b?missing}",
    "redirections": "echo out >f; echo more >>f; cat <f; echo err >&2; exec 3>g; echo three >&3; exec 3>&-; cat g; ls missing 2>/dev/null || echo failed; { echo a; echo b >&2; } 2>&1 | sort",
    "globbing": "cd sub; echo * */* ; echo [ot]*; echo nothing*; set -f; echo *; cd ..; echo s?b",
    "quoting": "a='x  y'; echo $a; echo \"$a\"; printf '%s|' \"$a\" 'q\"q' \"s'q\" \\$; echo; eval 'echo $a'; IFS=:; p=a:b::c; for i in $p; do echo \"<$i>\"; done",
    "tests": "[ -f text ] && [ -d sub ] && [ ! -e none ] && echo ok; [ abc = abc -a 1 -lt 2 ]; echo $?; test -x text; echo $?; [ -n '' ]; echo $?; [ 1 -eq x ]; echo $?",
    "read": "while IFS=, read -r id name size; do [ \"$id\" = id ] || s=$((s + id)); done <table.csv; echo $s; echo 'a\\tb c' | { read x y; echo $x-$y; }",
    "exec": "exec echo replaced; echo never",
    "exec-missing": "nosuchcommand; echo $?; ./text; echo $?; ./sub; echo $?; exec ./none",
    "script-file": "printf '#!/bin/sh\\necho script $0 $1; exit 8\\n' >s; chmod 755 s; ./s arg; echo $?; printf 'echo no hash bang\\n' >t; chmod 755 t; ./t; . ./t",
    "subshell": "x=1; (x=2; cd sub; pwd | sed s,.*/,,); echo $x; pwd | sed s,.*/,,; { x=3; }; echo $x",
    "command": "command -v cd; type echo >/dev/null && echo typed; alias q='echo aliased'; unalias q; umask; umask 077; touch n; umask; set -u; echo ${undefined}; echo not reached",
    "set-e": "set -e; false || echo caught; if false; then :; fi; (exit 3); echo never",
    "syntax-error": "echo before; if then",
    "sigpipe": "yes | head -2; (trap '' PIPE; yes 2>/dev/null; echo $? >status) | head -1; cat status",
    "many-forks": "i=0; while [ $i -lt 40 ]; do i=$((i + 1)); x=$(echo $i); done; echo $x; for i in 1 2 3 4 5 6 7 8; do expr $i + 1; done | sort -rn | head -2",
    "fifo": "mkfifo p; (echo through >p) & cat p; wait; rm p",
    "ulimit": "ulimit -n 50; ulimit -n; ulimit -c 0; ulimit -c; sh -c 'ulimit -n'; x=$(ulimit -n); echo $x",
    "stdin-script": "sh <<'E'\necho inner $0\nread x\nline for read\necho $x\nE",
    "times": "times >/dev/null; echo $?; wait; echo $?; cd /nonexistent; echo $?; hash -r; getopts ab: o -b val; echo $o $OPTARG",
    "printf": "printf '%d %5s %-5s| %03o %x %c %b %%\\n' 42 ab cd 8 255 xyz 'a\\tb'; printf '%s\\n' a b c; printf '%d\\n' 0x10 010 \"'A\"; printf '%d\\n' bad",
}  # fmt: skip

BASH = {
    "arrays": "a=(1 2 3); a+=(4 [9]=ten); printf '%s\\n' ${a[@]/2/two} ${#a[@]} ${!a[@]}; declare -A m=([x]=1 [y]=2); m[z]=3; for k in \"${!m[@]}\"; do echo $k=${m[$k]}; done | sort; unset a[1]; echo ${a[@]:1:2}",
    "regex": "[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}; [[ abc == a* && ! x < b ]]; echo $?; [[ 'a b' =~ ' ' ]]; echo $?",
    "strings": "s='Hello World'; echo ${s^^} ${s,,} ${s:6} ${s: -5:3} ${s/o/0} ${s//o/0} ${s#H*o} ${s@Q}; printf -v v '%05d' 42; echo $v; echo {a,b}{1..3} {01..10..3}; echo $'\\x41\\t\\u00e9'",
    "process-substitution": "diff=$(comm -3 <(printf 'a\\nb\\n') <(printf 'b\\nc\\n')); echo \"$diff\"; tee >(wc -c >n) <text >/dev/null; sleep 0.3; cat n",
    "coproc": "coproc C { while read l; do echo got $l; done; }; echo one >&${C[1]}; read r <&${C[0]}; echo $r; eval \"exec ${C[1]}>&-\"; wait; echo $?",
    "arithmetic": "((i = 5, i = i ** 3)); echo $i $((2 ** 40 % 1000003)) $((16#ff)) $((i++ + ++i)); let j=7/2; echo $j; for ((k = 0; k < 5; k++)); do echo -n $k; done; echo; ((0)); echo $?",
    "jobs": "set -m; sleep 0.2 & jobs; fg >/dev/null; echo $?; sleep 5 & kill -STOP %1; sleep 0.1; kill -CONT %1; kill %1; wait %1; echo $?",
    "traps": "trap 'echo debug $LINENO >>log' DEBUG; trap 'echo err' ERR; false; true; trap - DEBUG ERR; trap 'echo chld' CHLD; (exit 1); sleep 0.01 & wait; trap -p CHLD",
    "pipefail": "set -o pipefail; false | true; echo $?; true | (exit 4) | true; echo ${PIPESTATUS[@]}; shopt -s lastpipe; echo 5 | read x; echo $x",
    "mapfile": "mapfile -t l <words; echo ${#l[@]} ${l[7]}; readarray -n 3 m <text; echo \"${m[2]}\"; IFS=, read -ra f <<<'a,b,c'; echo ${f[1]}",
    "functions": "f() { local -n ref=$1; ref=changed; }; v=1; f v; echo $v; g() { echo ${FUNCNAME[@]}; }; g; declare -f f; h() { return $(($1 % 256)); }; h 300; echo $?",
    "select-case": "x=b; case $x in a) echo a;; b) echo b;& c) echo c;;& *) echo rest;; esac; select y in p q; do echo $y; break; done <<<2",
    "extglob": "shopt -s extglob nullglob globstar\necho !(text|words|noise); echo **/t*; echo none*; x=aaab; echo ${x##+(a)}",
    "random": "RANDOM=5; a=$RANDOM; RANDOM=5; [ $a = $RANDOM ] && echo same; echo ${#EPOCHSECONDS} $BASH_VERSION $SHLVL; caller; echo $?",
    "read-options": "read -t 0.1 x </dev/zero; read -n 3 y <<<abcdef; echo $y; read -d : z <<<k:v; echo $z; echo -n secret | { read -s p; echo $p; }",
    "wait-n": "(sleep 0.1; exit 3) & (sleep 1; exit 4) & wait -n; echo $?; wait; echo $?; exec {fd}<text; read -u $fd l; echo $l; exec {fd}<&-",
    "timing": "TIMEFORMAT=x; time true; time (exit 2); echo $?; printf '%(%F)T\\n' 0",
    "errors": "echo ${x?unset}; echo not reached",
    "error-statuses": "nosuch; echo $?; ./text; echo $?; cd nowhere; echo $?; [[ 1 -eq ]]; echo $?",
}  # fmt: skip
IN_BLOCK = {"pipeline", "traps", "background", "case", "sigpipe", "arrays", "process-substitution"}
FEEDS = {"stdin-script": FILES["text"]}
NO_STDERR = {"trap-child", "jobs"}
"""messages with process numbers"""

ROWS = [
    *(
        Row(f"{shell}-{name}", (shell, "-c", script), FEEDS.get(name, b""), stderr=name not in NO_STDERR, block=name in IN_BLOCK)
        for name, script in SCRIPTS.items()
        for shell in ("dash", "bash")
    ),
    *(Row(f"bash-only-{name}", ("bash", "-c", script), b"", stderr=name not in NO_STDERR, block=name in IN_BLOCK)
      for name, script in BASH.items()),
    Row("dash-stdin", ("dash",), b"x=1\necho $x\nsed s/b/c/ <<E\nabc\nE\nexit 4\n"),
    Row("bash-stdin", ("bash", "-s", "arg"), b"echo $1 $#\nif true\nthen echo yes\nfi\nexit 4\n"),
    Row("bash-posix", ("bash", "--posix", "-c", "echo $POSIXLY_CORRECT; set -o | grep posix")),
]  # fmt: skip
