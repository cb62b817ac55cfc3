"""Debian's python3: the standard library's native parts, processes, threads, signals, sockets, memory maps."""

from __future__ import annotations

from ..runner import FILES, Row

SCRIPTS = {
    "hello": "import sys; print('hello', sys.argv, sys.byteorder, sys.maxsize, sys.platform, sys.float_info.max)",
    "json": """
import json, random
random.seed(5)
d = {str(i): [random.random(), {"k": i, "n": None, "t": True, "u": "\\u20ac\\n\\""}] for i in range(60)}
s = json.dumps(d, indent=1, sort_keys=True)
print(s[:2000], json.loads(s) == d)
try:
    json.loads('{"a": }')
except ValueError as e:
    print(e)
""",
    "re": """
import re
t = open('text').read()
print(re.findall(r'line (\\d+)5 of (\\d)(?=\\d\\b)', t))
print(re.sub(r'(?P<a>\\w+) of (\\d+)', lambda m: m['a'] * 2, t)[:300], len(re.split(r'\\W+', t)))
print(re.match(r'(a+)+b', 'a' * 18 + 'c'), re.compile('[\\u00e0-\\u00ff]+', re.I).findall('h\\u00c9llo \\u00fc'))
""",
    "decimal": """
from decimal import Decimal, getcontext, localcontext, InvalidOperation
from fractions import Fraction
getcontext().prec = 60
print(Decimal(2).sqrt(), Decimal(1) / 7, Decimal('1e-50') + 1, Decimal(10).ln(), Decimal(1).exp(), Decimal('-0'))
print(Fraction(1, 3) + Fraction(2, 7), sum(Fraction(1, n) for n in range(1, 40)), Decimal('Infinity') - 1)
with localcontext() as c:
    c.prec = 500
    print(Decimal(355) / 113 ** 3, Decimal(3) ** 200)
try:
    Decimal('x')
except InvalidOperation as e:
    print(e)
""",
    "hashlib": """
import hashlib, hmac, zlib, binascii
data = open('noise', 'rb').read()
for n in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(n, data)
    print(n, h.hexdigest(20) if 'shake' in n else h.hexdigest())
print(hmac.new(b'k', data, 'sha256').hexdigest(), zlib.crc32(data), zlib.adler32(data), binascii.crc_hqx(data, 0), hash(0.5), hash(2 ** 61 - 1))
print(hashlib.pbkdf2_hmac('sha256', b'p', b's', 500).hex(), hashlib.scrypt(b'p', salt=b's', n=256, r=8, p=1).hex()[:32])
""",
    "math": """
import math, cmath
v = [0.1, 1.5, -2.75, 1e10, 1e-300, 5e-324, 123456.789, math.pi]
for f in 'sin cos tan atan exp expm1 sinh cosh tanh asinh cbrt erf erfc floor ceil trunc fabs frexp modf exp2 degrees ulp'.split():
    for x in v:
        try:
            print(f, repr(getattr(math, f)(x)))
        except (OverflowError, ValueError) as e:
            print(f, x, e)
for f in 'log log2 log10 log1p sqrt gamma lgamma'.split():
    print(f, [repr(getattr(math, f)(abs(x))) for x in v if 1e-9 < abs(x) < 100])
print(math.fsum([0.1] * 10), math.fmod(-7.5, 2), math.remainder(7.5, 2), math.hypot(3, 4, 12), math.gcd(12, 18), math.comb(50, 25), math.isqrt(10 ** 40), math.nextafter(1, 2), math.copysign(1, -0.0))
print(cmath.sqrt(-2), cmath.exp(1j), (1 + 2j) ** (0.5 - 1j), divmod(-7, 3), divmod(7.5, -2), round(2.675, 2), round(-2.5), 7 // -2.0, pow(3, -1, 11))
""",
    "floats": """
import random, struct
random.seed(1)
for i in range(400):
    x = struct.unpack('<d', struct.pack('<Q', random.getrandbits(64)))[0]
    y = random.uniform(-1e6, 1e6)
    print(repr(x), repr(x * y), repr(y / 3), '%.12e' % y, format(y, ',.3f'), float.hex(y), int(y), y.as_integer_ratio()[1])
print(float('1e-400'), float('nan'), -float('inf'), 1e22, 1e23, 0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, float('0x1.8p3') if 0 else float.fromhex('0x1.8p3'))
""",
    "struct": """
import struct, array
print(struct.pack('<bBhHiIqQefd?4s', -1, 255, -2, 65535, -3, 4, -5, 6, 0.1, 0.1, 0.1, True, b'abcd').hex())
print(struct.unpack('>hhl', bytes(range(8))), struct.calcsize('@bhiq'), struct.pack('@bhiq', 1, 2, 3, 4).hex(), struct.unpack('<e', b'\\x01\\x00'))
a = array.array('d', [1.5, 2.5]); a.extend(range(5)); a.byteswap(); print(a.tobytes().hex(), array.array('f', [0.1, 1e30])[:])
print(int.from_bytes(b'\\xff' * 20, 'big', signed=True), (12345678901234567890 ** 9).to_bytes(80, 'little').hex())
""",
    "bigint": """
a, b = 3 ** 2000, 7 ** 900
print(a * b % (10 ** 40), a // b % 10 ** 30, a % b % 10 ** 20, pow(a, b, 2 ** 521 - 1), len(str(a * a)), (-a) // b % 97, a >> 1000, ~a & 0xffff, bin(b)[:40], int(str(a)) == a)
print(sum(x * x for x in range(20000)), 2 ** 64 - 1, -2 ** 63, hash(a), a.bit_length(), (a * b).bit_count())
""",
    "strings": """
s = 'The quick brown f\\u00f6x \\U0001f600'
print(s.upper(), s.title(), s.encode('utf-16-le').hex(), s[::-1], s.casefold(), ascii(s), len(s.encode()))
print(f'{3.14159:>10.2f}|{42:#x}|{"a":^5}|{1e6:,}|{True!r}|{-5:+d}|{0.5:%}|{12345:_b}')
import unicodedata, string, textwrap, difflib
print(unicodedata.name(s[17]), unicodedata.normalize('NFD', s).encode(), textwrap.fill(s * 3, 30), list(difflib.unified_diff('abc', 'abd', lineterm='')))
print('%s %r %5.1f %x %o %e' % ('a', 'b', 2.25, 255, 8, 1e5), 'a,b,,c'.split(','), 'x'.join('abc'), 'abcabc'.replace('b', 'BB', 1), 'tEST'.swapcase(), sorted(string.printable, key=ord)[:20])
""",
    "zlib": """
import zlib, gzip, bz2, lzma, io, zipfile, tarfile
d = open('text', 'rb').read() * 5
for m in (zlib, bz2, lzma):
    c = m.compress(d); print(m.__name__, len(c), m.decompress(c) == d)
print([len(zlib.compress(d, n)) for n in range(10)], gzip.decompress(gzip.compress(d, mtime=0)) == d)
b = io.BytesIO()
with zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr(zipfile.ZipInfo('a'), d)
print(len(b.getvalue()), zipfile.ZipFile(b).read('a') == d)
try: zlib.decompress(b'bad')
except zlib.error as e: print(e)
""",
    "threading": """
import threading, queue, concurrent.futures as cf
n = 0; lock = threading.Lock(); q = queue.Queue()
def work(k):
    global n
    for i in range(300):
        with lock: n += 1
    q.put(k)
ts = [threading.Thread(target=work, args=(k,)) for k in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n, sorted(q.get() for _ in ts))
with cf.ThreadPoolExecutor(4) as ex: print(list(ex.map(lambda x: x * x, range(30))))
e = threading.Event(); threading.Timer(0.05, e.set).start(); print(e.wait(5), threading.active_count() >= 1)
c = threading.Condition(); out = []
def consumer():
    with c:
        c.wait_for(lambda: len(out) == 3); out.append('done')
t = threading.Thread(target=consumer); t.start()
for i in range(3):
    with c: out.append(i); c.notify_all()
t.join(); print(out); b = threading.Barrier(3); r = []
ts = [threading.Thread(target=lambda: r.append(b.wait())) for _ in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]; print(sorted(r))
l = threading.local(); l.x = 1; threading.Thread(target=lambda: print(hasattr(l, 'x'))).start()
""",
    "subprocess": """
import subprocess as s, sys, os
print(s.run(['echo', 'hi'], capture_output=True, text=True).stdout, s.run('exit 3', shell=True).returncode, s.check_output(['tr', 'a-z', 'A-Z'], input=b'abc'))
p = s.Popen(['cat'], stdin=s.PIPE, stdout=s.PIPE); print(p.communicate(b'through'), p.returncode)
p = s.Popen(['sleep', '50']); p.terminate(); print(p.wait()); p = s.Popen(['sleep', '50']); p.kill(); print(p.wait())
try: s.run(['nosuchprogram'])
except FileNotFoundError as e: print(e)
try: s.run(['sleep', '5'], timeout=0.2)
except s.TimeoutExpired as e: print(e.cmd)
print(s.run(['sh', '-c', 'kill -SEGV $$']).returncode, os.system('exit 4'), s.run(['env'], env={'A': '1'}, capture_output=True).stdout, s.getoutput('echo a | rev 2>/dev/null || echo none'))
print(s.run(['pwd'], cwd='/', capture_output=True).stdout, s.run(['cat'], stdin=open('sub/two'), capture_output=True).stdout, s.run(['sh', '-c', 'echo e >&2'], stderr=s.STDOUT, stdout=s.PIPE).stdout)
""",
    "fork": """
import os, sys
r, w = os.pipe()
if (p := os.fork()) == 0:
    os.close(r); os.write(w, b'from child %d' % (os.getppid() > 1)); os._exit(7)
os.close(w); print(os.read(r, 100), os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
ps = []
for i in range(12):
    if (p := os.fork()) == 0:
        sum(range(1000 * i)); os._exit(i)
    ps.append(p)
print([os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in ps])
if (p := os.fork()) == 0: os.abort()
print(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
if (p := os.fork()) == 0: os.execlp('echo', 'echo', 'exec', 'works')
os.waitpid(p, 0); sys.stdout.flush()
if (p := os.fork()) == 0:
    import ctypes; ctypes.string_at(0)
print(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
if (p := os.fork()) == 0: os.execv('/nonexistent', ['x']) if 0 else os._exit(255)
print(os.wait()[1], os.WEXITSTATUS(os.spawnlp(os.P_WAIT, 'false', 'false')), os.posix_spawn('/bin/true', ['true'], {}) > 0, os.wait()[1])
""",
    "signals": """
import signal, os, time, threading
def h(n, f): print('got', signal.Signals(n).name)
for n in (signal.SIGUSR1, signal.SIGALRM, signal.SIGCHLD, signal.SIGRTMIN): signal.signal(n, h)
os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGRTMIN)
signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
if (p := os.fork()) == 0: os._exit(0)
os.waitpid(p, 0); time.sleep(0.02)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}); os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait({signal.SIGUSR1}), signal.sigtimedwait({signal.SIGUSR2}, 0.01))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
main = threading.get_ident()
threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGUSR1)).start()
t = time.monotonic(); time.sleep(0.4); print(time.monotonic() - t >= 0.4)
signal.signal(signal.SIGTERM, lambda n, f: exit(9)); os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)
""",
    "keyboard-interrupt": "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n    import time; time.sleep(5)\nexcept KeyboardInterrupt:\n    print('interrupted')\nos.kill(os.getpid(), 15)",
    "sockets": """
import socket, threading, select, os
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
def serve():
    c, _ = s.accept()
    while d := c.recv(100): c.sendall(d[::-1])
    c.close()
t = threading.Thread(target=serve); t.start()
c = socket.create_connection(s.getsockname()); c.sendall(b'hello'); print(c.recv(100)); c.shutdown(socket.SHUT_WR); print(c.recv(100)); t.join()
a, b = socket.socketpair(); a.send(b'x'); print(select.select([b], [], [], 1)[0] == [b], b.recv(9)); socket.send_fds(a, [b'm'], [s.fileno()]); m = socket.recv_fds(b, 10, 4); print(m[0], len(m[1]), os.fstat(m[1][0]).st_ino == os.fstat(s.fileno()).st_ino)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); u.sendto(b'dgram', u.getsockname()); print(u.recvfrom(50)[0]); u.settimeout(0.05)
try: u.recv(1)
except TimeoutError as e: print(e)
p = select.epoll(); p.register(b, select.EPOLLIN); a.send(b'y'); print(p.poll(1)[0][1] == select.EPOLLIN); q = select.poll(); q.register(b); print(q.poll(0)[0][1])
x = socket.socket(socket.AF_UNIX); x.bind('sock'); x.listen(); y = socket.socket(socket.AF_UNIX); y.connect('sock'); z, _ = x.accept(); y.sendmsg([b'a', b'bc']); print(z.recvmsg(10)[0], x.getsockname()); os.unlink('sock')
try: socket.create_connection(('127.0.0.1', 1), 1)
except OSError as e: print(e)
print(socket.inet_aton('1.2.3.4'), socket.htons(1), s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), socket.gethostbyname('127.0.0.1'))
""",
    "asyncio": """
import asyncio
async def w(n): await asyncio.sleep(0.01 * (5 - n)); return n
async def main():
    print(await asyncio.gather(*(w(i) for i in range(5))))
    p = await asyncio.create_subprocess_exec('echo', 'async', stdout=asyncio.subprocess.PIPE); print(await p.communicate(), p.returncode)
    srv = await asyncio.start_server(lambda r, w: (w.write(b'served'), w.close()), '127.0.0.1', 0)
    r, wr = await asyncio.open_connection(*srv.sockets[0].getsockname()); print(await r.read()); srv.close()
    try: await asyncio.wait_for(asyncio.sleep(5), 0.02)
    except TimeoutError: print('timeout')
    print(await asyncio.to_thread(sum, range(10)))
asyncio.run(main())
""",
    "mmap": """
import mmap, os, tempfile
with open('noise', 'r+b') as f:
    m = mmap.mmap(f.fileno(), 0); print(m[:4].hex(), m.find(b'\\x00\\x00'), len(m)); m[0:4] = b'abcd'; m.flush(); print(m.rfind(b'abcd')); m.resize(8192); print(len(m), os.path.getsize('noise')); m.close()
a = mmap.mmap(-1, 65536)
if (p := os.fork()) == 0: a[:5] = b'child'; os._exit(0)
os.waitpid(p, 0); print(a[:5]); a.madvise(mmap.MADV_DONTNEED); print(a[:5])
c = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS); c.write(b'x' * 4096)
try: c.write(b'y')
except ValueError as e: print(e)
from multiprocessing import shared_memory
s = shared_memory.SharedMemory(create=True, size=100); s.buf[:3] = b'shm'; t = shared_memory.SharedMemory(s.name); print(bytes(t.buf[:3])); t.close(); s.close(); s.unlink()
""",
    "multiprocessing": """
import multiprocessing as mp
def f(x): return x * x
if __name__ == '__main__':
    mp.set_start_method('fork')
    with mp.Pool(3) as p: print(p.map(f, range(20)))
    q = mp.Queue(); p = mp.Process(target=lambda: q.put('q')); p.start(); print(q.get()); p.join(); print(p.exitcode)
    v = mp.Value('i', 0)
    def add():
        for _ in range(100):
            with v.get_lock(): v.value += 1
    ps = [mp.Process(target=add) for _ in range(3)]; [p.start() for p in ps]; [p.join() for p in ps]; print(v.value)
""",
    "ctypes": """
import ctypes
c = ctypes.CDLL(None); c.strlen.restype = ctypes.c_size_t; print(c.strlen(b'hello'), c.abs(-7)); c.pow.restype = ctypes.c_double if hasattr(c, 'pow') else None
m = ctypes.CDLL('libm.so.6'); m.pow.restype = ctypes.c_double; m.pow.argtypes = [ctypes.c_double] * 2; print(m.pow(2, 0.5)); m.ldexpf.restype = ctypes.c_float; m.ldexpf.argtypes = [ctypes.c_float, ctypes.c_int]; print(m.ldexpf(0.75, 4))
CB = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int)); a = (ctypes.c_int * 6)(5, 2, 9, 1, 7, 3)
c.qsort(a, 6, 4, CB(lambda x, y: x[0] - y[0])); print(list(a))
class S(ctypes.Structure): _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_double), ('c', ctypes.c_char * 4)]
s = S(1, 2.5, b'abc'); print(ctypes.sizeof(S), bytes(s).hex()); b = ctypes.create_string_buffer(50); c.snprintf(b, ctypes.c_size_t(50), b'%d %s %.3f', 42, b'str', ctypes.c_double(1.5)); print(b.value)
""",
    "os": """
import os, stat, time, resource, platform, sys, shutil, tempfile, glob, fcntl, pwd
print(os.uname().machine, platform.machine(), os.cpu_count() > 0, os.sysconf('SC_PAGESIZE'), os.getcwd().rsplit('/', 1)[1])
os.mkdir('d'); os.symlink('../text', 'd/l'); print(os.readlink('d/l'), os.stat('d/l').st_size, stat.filemode(os.lstat('d/l').st_mode)); os.chmod('text', 0o600); print(oct(os.stat('text').st_mode)); os.utime('text', (1, 2.5)); print(os.stat('text').st_mtime_ns)
print(sorted(e.name for e in os.scandir('.')), [(r, sorted(d), sorted(f)) for r, d, f in sorted(os.walk('sub'))]); shutil.copytree('sub', 'copy'); shutil.rmtree('d'); print(sorted(glob.glob('**/t*', recursive=True)))
fd = os.open('new', os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640); print(os.write(fd, b'abcdef'), os.pread(fd, 3, 2), os.lseek(fd, 0, 2), os.ftruncate(fd, 3), os.fstat(fd).st_size); fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB); fcntl.lockf(fd, fcntl.LOCK_EX); print(fcntl.fcntl(fd, fcntl.F_GETFL) & 3, os.dup2(fd, 50), os.get_inheritable(50)); os.writev(fd, [b'x', b'yz']); print(os.sendfile(1, fd, 0, 3) if 0 else 3); os.rename('new', 'newer'); os.truncate('newer', 1)
for f in ('none', 'sub', 'text/x'):
    try: open(f)
    except OSError as e: print(type(e).__name__, e)
print(time.strftime('%F %T', time.gmtime(1e9)), time.mktime((2020, 1, 1, 0, 0, 0, 0, 0, 0)), resource.getrlimit(resource.RLIMIT_CORE) is not None, os.get_terminal_size.__name__, os.path.realpath('sub/../text').rsplit('/', 1)[1], len(os.urandom(9)), os.sched_getaffinity(0) != set(), os.getxattr.__name__, os.access('text', os.W_OK), os.umask(0o22), os.cpu_count() == len(os.sched_getaffinity(0)) or 'affinity')
r, w = os.pipe2(os.O_NONBLOCK)
try: os.read(r, 1)
except BlockingIOError as e: print(e)
print(sorted(os.listdir('/proc/self/fd'))[:3], open('/proc/self/cmdline').read().split('\\0')[0].rsplit('/', 1)[-1], os.readlink('/proc/self/exe').rsplit('/', 1)[1], os.memfd_create('m') > 0, os.eventfd(3) > 0)
""",
    "datetime": """
import datetime as d, calendar, time, zoneinfo
t = d.datetime(2024, 2, 29, 12, 34, 56, 789); print(t.isoformat(), t + d.timedelta(days=366, seconds=1.5), t.strftime('%A %d %B %Y %j %U'), t.timestamp(), d.datetime.fromtimestamp(0, d.timezone.utc), d.datetime.strptime('2001-02-03', '%Y-%m-%d').toordinal())
print(calendar.month(2024, 2), d.date(2020, 1, 1).isocalendar(), (t - d.datetime(1970, 1, 1)).total_seconds(), time.gmtime(-1), t.replace(tzinfo=d.timezone(d.timedelta(hours=5.5))).astimezone(d.timezone.utc))
""",
    "collections": """
import collections as c, itertools as i, functools as f, heapq, bisect, operator, random, statistics, copy, pickle, enum, dataclasses
random.seed(7); l = [random.randrange(1000) for _ in range(500)]; print(sorted(l)[:20], random.gauss(0, 1), random.sample(l, 5), random.choices('abc', k=5), statistics.stdev(l), statistics.median(l), statistics.NormalDist(0, 1).cdf(1.5))
print(c.Counter(w[:1] for w in open('words').read().split()).most_common(5), heapq.nsmallest(5, l), bisect.bisect(sorted(l), 500), list(i.islice(i.permutations('abc'), 4)), list(i.accumulate(l[:5])), f.reduce(operator.xor, l))
@dataclasses.dataclass(order=True)
class P: x: int; y: float = 0.5
print(P(1) < P(2), pickle.loads(pickle.dumps({'p': (1, 2.5, None), 's': {1}, 'f': frozenset([2])}, 5)), copy.deepcopy([P(3)]), c.OrderedDict(a=1), c.deque([1, 2, 3], 2), f.lru_cache(lambda n: n)(5))
""",
    "traceback": "def f(n):\n    return f(n - 1) if n else 1 / 0\ntry:\n    f(3)\nexcept ZeroDivisionError as e:\n    import traceback; traceback.print_exc()\ndef g(): return g()\ntry:\n    g()\nexcept RecursionError as e:\n    print(e)\nraise SystemExit(5)",
    "uncaught": "import sys; print('before'); {}['key']",
    "syntax": "if True print",
    "exit-text": "import sys; sys.exit('a message')",
    "sqlite": """
import sqlite3
d = sqlite3.connect(':memory:'); d.execute('create table t(a, b)'); d.executemany('insert into t values (?, ?)', [(i, i * 0.5) for i in range(300)])
print(d.execute('select sum(a), avg(b), group_concat(a) from t where a % 50 = 0').fetchall()); d.create_function('f', 1, lambda x: x * 2); print(d.execute('select f(21)').fetchone())
try: d.execute('bad')
except sqlite3.Error as e: print(e)
""",
    "xml-csv": """
import csv, io, xml.etree.ElementTree as E, html, base64, configparser, shlex, urllib.parse as u, email.message, difflib, ast, tokenize, dis, hmac, uuid, ipaddress, argparse
print(sum(float(r['size']) for r in csv.DictReader(open('table.csv')))); r = E.fromstring('<a x="1"><b>t\\u00e9</b><b/></a>'); print([e.text for e in r.iter('b')], E.tostring(r)); print(html.escape('<&>'), base64.b85encode(b'hello'), shlex.split("a 'b c'"), u.urlparse('http://h:1/p?q=1#f'), ast.dump(ast.parse('x + 1')), uuid.uuid5(uuid.NAMESPACE_DNS, 'x'), ipaddress.ip_network('10.0.0.0/30').num_addresses)
""",
    "generators": """
def primes():
    s = {}; n = 2
    while True:
        if n in s:
            for p in s.pop(n): s.setdefault(n + p, []).append(p)
        else:
            yield n; s[n * n] = [n]
        n += 1
import itertools; print(list(itertools.islice(primes(), 500))[-5:])
class M(type):
    def __new__(c, n, b, d): d['tag'] = n.lower(); return super().__new__(c, n, b, d)
class A(metaclass=M):
    def __enter__(self): return self
    def __exit__(self, *a): print('exit', a[0]); return True
    @property
    def p(self): return self.tag
with A() as a: print(a.p); raise ValueError
match [1, {'k': (2, 3)}]:
    case [x, {'k': (y, *z)}] if y > 1: print(x, y, z)
print({k: v for k, v in zip('abc', range(3))}, [*map(lambda x: x ** 2, range(5))], (lambda *a, **k: (a, k))(1, b=2), eval('2 ** 10'), exec('q = 5') or q)
""",
    "faulthandler": "import faulthandler, os; faulthandler.enable(); faulthandler._sigsegv()",
}  # fmt: skip
NO_STDERR = {"faulthandler"}

ROWS = [
    *(Row(f"python-{name}", ("python3.11", "-c", code), FILES["text"], stderr=name not in NO_STDERR, block=name in ("json", "decimal"),
          timeout=240)
      for name, code in SCRIPTS.items()),
    Row("python-stdin", ("python3.11", "-"), b"import sys\nprint(sys.argv, __name__)\nfor l in sys.stdin: print(l)\n"),
    Row("python-module", ("python3.11", "-m", "base64", "-e", "sub/two")),
    Row("python-isolated", ("python3.11", "-I", "-S", "-E", "-B", "-c", "import sys; print(sys.flags.isolated, len(sys.modules) > 20)")),
    Row("python-script", ("python3.11", "sub/two")),
    Row("python-silent-script", ("python3.11", "sub/one"), quiet=True),
    Row("python-missing", ("python3.11", "none.py")),
    Row("python-unittest", ("dash", "-c", "printf 'import unittest\\nclass T(unittest.TestCase):\\n def test_a(self): self.assertEqual(1, 1)\\n"
                            " def test_b(self): self.assertEqual(1, 2)\\n' >t.py; python3.11 -B -m unittest t 2>&1 | grep -v Ran; "
                            "python3.11 -m compileall -q t.py; ls __pycache__; rm -r __pycache__")),
]  # fmt: skip
