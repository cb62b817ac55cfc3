"""perl, Lua, LuaJIT, SQLite."""

from __future__ import annotations

from ..runner import FILES, Row

PERL = {
    "hashes": "while (<>) { $h{$1 % 7}++ if /(\\d+)/ } print qq($_ $h{$_}\\n) for sort keys %h; print 2 ** 0.5, qq(\\n)",
    "regex": "$_ = 'The quick brown fox'; print join('|', /(\\w)(\\w+)/g), qq(\\n); s/(\\w+)/ucfirst reverse $1/ge; print; print qq(\\n), tr/a-z//, qq(\\n); print qq($1 $+{n}\\n) if 'ab12' =~ /(?<n>\\d+)/; print join(',', split /\\s*,\\s*/, 'a , b,c'), qq(\\n)",
    "numbers": "printf qq(%.17g %s %s %e %x %b\\n), 0.1, 1e21, 1/3, 12345.678, 255, 10; print 10 ** 20, ' ', 2 ** 53 + 1, ' ', 7 % -3, ' ', int(-3.7), ' ', 9**9**9, ' ', -sin(1), qq(\\n); print 0.1 + 0.2 == 0.3 ? 'eq' : 'ne', qq(\\n)",
    "sort": "my @a = map { $_ * 7919 % 1009 } 1 .. 500; my @s = sort { $a <=> $b } @a; print qq(@s[0 .. 20]\\n); print join(' ', (sort { length $a <=> length $b or $a cmp $b } split ' ', 'pear fig apple kiwi')), qq(\\n)",
    "closures": "sub counter { my $n = shift; sub { $n++ } } my $c = counter(5); $c->() for 1 .. 10; print $c->(), qq(\\n); package P; sub new { bless { v => $_[1] } } sub v { $_[0]{v} } package main; print P->new(42)->v, ' ', ref P->new(1), qq(\\n)",
    "files": "open my $f, '<', 'words' or die; my @l = <$f>; close $f; print scalar @l, qq(\\n); open $f, '>', 'out'; printf $f '%s', join '', reverse @l; close $f; print -s 'out', ' ', join(' ', sort glob '*'), qq(\\n); unlink 'out'; print -e 'out' ? 1 : 0, qq(\\n)",
    "fork": "$| = 1; my $p = fork; if (!$p) { print qq(child\\n); exit 7 } waitpid $p, 0; print $? >> 8, qq(\\n); print `echo backtick`; system 'exit 3'; print $? >> 8, qq(\\n); pipe R, W; if (!fork) { close R; print W qq(piped\\n); exit } close W; print <R>; open P, '-|', 'echo opened'; print <P>",
    "signals": "$SIG{ALRM} = sub { die qq(alarm\\n) }; eval { alarm 1; select undef, undef, undef, 5; }; print $@; $SIG{USR1} = sub { print qq(usr1\\n) }; kill USR1 => $$; local $SIG{__WARN__} = sub { print qq(warned @_) }; warn qq(x\\n); eval { die { code => 5 } }; print $@->{code}, qq(\\n); kill 'TERM', $$",
    "pack": "print unpack('H*', pack('NnCa4 w d< f> q>', 1, 2, 3, 'abcd', 300, 1.5, -2.25, -1)), qq(\\n); print join(',', unpack('(A2)*', 'aabbcc')), ' ', crypt('a', 'ab') // '', qq(\\n); print vec('abc', 1, 8), ' ', ord('z'), ' ', chr 65, ' ', sprintf('%vd', '1.22.333'), qq(\\n)",
    "modules": "use POSIX qw(floor ceil fmod strftime LONG_MAX DBL_MAX); use List::Util qw(sum max first shuffle reduce); use Scalar::Util 'looks_like_number'; print floor(-2.5), ceil(2.1), fmod(7, 3), ' ', strftime('%F', gmtime 86400), ' ', LONG_MAX, ' ', DBL_MAX, qq(\\n); print sum(1 .. 100), max(3, 9, 2), reduce { $a * $b } 1 .. 20; print qq(\\n)",
    "utf8": "use utf8; binmode STDOUT, ':utf8'; my $s = qq(\\x{e9}t\\x{e9} \\x{263a}); print length $s, ' ', uc $s, qq(\\n); print join ' ', map { sprintf '%x', ord } split //, $s; print qq(\\n)",
    "sockets": "use Socket; socketpair A, B, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die; if (!fork) { close A; syswrite B, qq(hello\\n); exit } close B; print <A>; use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die; my $p = $s->sockport; if (!fork) { my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $p); print $c qq(tcp\\n); exit } my $c = $s->accept; print scalar <$c>",
    "exit": "END { print qq(end $?\\n); } die qq(dying\\n)",
    "sprintf-loop": "my $x = 1; for (1 .. 300) { $x = $x * 1.1 / ($_ % 7 + 0.5); printf qq(%.12g %s\\n), $x, $x } ",
}  # fmt: skip

LUA_COMMON = {
    "tables": "local t = {} for i = 1, 999 do t[i] = i * i % 97 end table.sort(t) print(t[500], #t, table.concat(t, ',', 1, 10), 1 / 3)",
    "strings": "print(('hello world'):gsub('o', '0'), ('abc'):rep(3), ('%5.2f|%d|%s|%x|%q'):format(3.14159, 42, 'x', 255, 'a\\nb')) for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do print(k, v) end print(('x'):byte(), string.char(65, 66), ('test'):upper():reverse())",
    "numbers": "print(math.pi, math.sqrt(2), math.floor(-3.5), math.huge, -math.huge, 0/0 ~= 0/0, 2^53, 10 % 3, -10 % 3, 7.5 % 2, math.fmod(-7, 3), math.exp(1), math.log(10), math.sin(1e6)) print(1e15, 1e16, 1e100, 123456789012345, 0.1 + 0.2, 100000000000000)",
    "closures": "local function counter() local n = 0 return function() n = n + 1 return n end end local c = counter() c() c() print(c()) local mt = {__index = function(t, k) return k .. '!' end, __call = function(_, x) return x * 2 end, __tostring = function() return 'obj' end} local o = setmetatable({}, mt) print(o.x, o(21), tostring(o))",
    "coroutines": "local co = coroutine.wrap(function(a) for i = 1, 5 do a = coroutine.yield(a * i) end error('boom') end) print(co(1), co(2), co(3), co(4), co(5)) print(pcall(co, 6)) print(select('#', 1, nil, 3), xpcall(function() error({code = 7}) end, function(e) return e.code end))",
    "files": "local f = assert(io.open('words')) local n = 0 for l in f:lines() do n = n + #l end f:close() print(n) local o = io.open('out', 'w') o:write(1, ' ', 2.5, '\\n') o:close() for l in io.lines('out') do print(l) end print(io.open('none')) os.remove('out') print(os.time{year=2020, month=1, day=1, hour=12} - os.time{year=2019, month=12, day=31, hour=12}, os.date('!%F %T', 86400))",
    "sieve": "local n, c, s = 20000, 0, {} for i = 2, n do if not s[i] then c = c + 1 for j = i * i, n, i do s[j] = true end end end print(c) local a, b = 0, 1 for i = 1, 60 do a, b = b, a + b end print(a)",
    "floats": "local x = 0.5 for i = 1, 2000 do x = 3.99 * x * (1 - x) end print(('%.17g'):format(x)) local s = 0 for i = 1, 1000 do s = s + math.sin(i) * math.cos(i / 3) end print(('%.17g'):format(s))",
    "error": "print(load('x =')) local ok, e = pcall(function() local x = nil; return x.y end) print(e) error('final')",
    "system": "print(os.getenv('HOME'), os.getenv('NOPE')) local p = io.popen('echo popen') print(p:read('a') or p:read('*a')) p:close() os.exit(6)",
}  # fmt: skip
LUA54 = "print(7 // 2, 7.0 // 2, 1 << 62, 3 | 8, ~0, 5 // 0.0, math.maxinteger + 1 == math.mininteger, 0x7fffffffffffffff, string.pack('>i4d', 7, 1.5):byte(1, -1)) goto e ::e:: print(utf8.char(233, 8364), #utf8.char(8364), math.type(1), math.type(1.0), 1e308 * 10, 3 % -2, -3 % 2.5)"
LUAJIT = "local ffi = require 'ffi' ffi.cdef 'int abs(int); double sqrt(double); int printf(const char *, ...);' print(ffi.C.abs(-5), ffi.C.sqrt(2), ffi.sizeof('long')) local a = ffi.new('int[1000]') local s = 0 for j = 1, 200 do for i = 0, 999 do a[i] = i * j; s = s + a[i] end end print(s, bit.band(12, 10), bit.rol(1, 33), jit.arch, jit.version) local b = ffi.new('uint64_t', 1) for i = 1, 63 do b = b * 2 end print(tostring(b))"

SQL = """
create table t(a integer primary key, b, c text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
    insert into t select i, i * i % 71, printf('%03d-%s', i % 13, hex(i)) from n;
select b, count(*), avg(a), group_concat(a, ' ') from t where a < 100 group by b order by 2 desc, 1 limit 20;
create index tb on t(b); explain query plan select * from t where b = 5;
select c, sum(a) over (order by a rows 3 preceding) from t limit 10;
select round(2.5), 1.0 / 3, 1e300 * 1e10, 9223372036854775807 + 1, typeof(1.0), abs(-5), length('x'), upper('abc'), 7 / 2, 7 % 3, -7 / 2;
select json_extract('{"a": [1, {"b": 2.5}]}', '$.a[1].b'), date('2024-02-29', '+1 year'), strftime('%s', '2000-01-01'), julianday('2000-01-01');
begin; delete from t where a % 2; select count(*) from t; rollback; select count(*), min(c), max(c), total(b) from t;
select distinct x.b from t x join t y on x.a = y.b where x.b > 60 order by x.b;
.tables
select * from nowhere;
"""

ROWS = [
    *(Row(f"perl-{name}", ("perl", "-e", code), FILES["text"], block=name in ("numbers", "fork")) for name, code in PERL.items()),
    *(Row(f"{lua}-{name}", (lua, "-e", code), stderr=(lua, name) != ("luajit", "error"), block=name in ("numbers", "tables", "sieve"))
      for name, code in LUA_COMMON.items() for lua in ("lua5.4", "luajit")),
    Row("lua5.4-own", ("lua5.4", "-e", LUA54)),
    Row("lua5.4-syntax", ("lua5.4", "-e", "x ==")),
    Row("lua5.4-stdin", ("lua5.4", "-"), b"print('from stdin', ...)\n"),
    Row("luac5.4", ("dash", "-c", "echo 'print(1 + 2)' >a.lua; luac5.4 -o a a.lua && lua5.4 a; luac5.4 -l a.lua | wc -l; rm a")),
    Row("luajit-ffi", ("luajit", "-e", LUAJIT), block=True),
    Row("luajit-off", ("luajit", "-joff", "-e", LUA_COMMON["sieve"])),
    Row("sqlite3-queries", ("sqlite3", ":memory:"), SQL.encode(), block=True),
    Row("sqlite3-file", ("dash", "-c", "sqlite3 db 'create table t(x); insert into t values (1), (2.5), (null), (x'\"'0102'\"')'; "
                         "sqlite3 -header -csv db 'select x, typeof(x) from t'; sqlite3 db .dump; sqlite3 db 'pragma integrity_check'; "
                         "sqlite3 -json db 'select * from t where x > 1'; sqlite3 db 'bad sql'; echo $?; rm db")),
    Row("sqlite3-import", ("sqlite3", "-cmd", ".mode csv", "-cmd", ".import table.csv t", "-cmd", ".mode box", ":memory:",
                           "select name, count(*), sum(size) from t group by name order by 1")),
]  # fmt: skip
