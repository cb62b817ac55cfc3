"""ioctl requests: value -> name and argument. The values are asm-generic's, the same on all four ISAs."""

from __future__ import annotations

# fmt: off
IOCTL: dict[int, str] = {
    # terminals
    0x5401: "TCGETS arg:out{termios}", 0x5402: "TCSETS arg:in{termios}", 0x5403: "TCSETSW arg:in{termios}",
    0x5404: "TCSETSF arg:in{termios}", 0x5405: "TCGETA arg:out{termio}", 0x5406: "TCSETA arg:in{termio}",
    0x5407: "TCSETAW arg:in{termio}", 0x5408: "TCSETAF arg:in{termio}", 0x5409: "TCSBRK arg:int",
    0x540A: "TCXONC arg:int", 0x540B: "TCFLSH arg:int", 0x540C: "TIOCEXCL", 0x540D: "TIOCNXCL",
    0x540E: "TIOCSCTTY arg:int", 0x540F: "TIOCGPGRP arg:out{int}", 0x5410: "TIOCSPGRP arg:in{int}",
    0x5411: "TIOCOUTQ arg:out{int}", 0x5412: "TIOCSTI arg:in[1]", 0x5413: "TIOCGWINSZ arg:out{winsize}",
    0x5414: "TIOCSWINSZ arg:in{winsize}", 0x5415: "TIOCMGET arg:out{int}", 0x5416: "TIOCMBIS arg:in{int}",
    0x5417: "TIOCMBIC arg:in{int}", 0x5418: "TIOCMSET arg:in{int}", 0x5419: "TIOCGSOFTCAR arg:out{int}",
    0x541A: "TIOCSSOFTCAR arg:in{int}", 0x541B: "FIONREAD arg:out{int}", 0x541D: "TIOCCONS",
    0x5420: "TIOCPKT arg:in{int}", 0x5421: "FIONBIO arg:in{int}", 0x5422: "TIOCNOTTY", 0x5423: "TIOCSETD arg:in{int}",
    0x5424: "TIOCGETD arg:out{int}", 0x5425: "TCSBRKP arg:int", 0x5427: "TIOCSBRK", 0x5428: "TIOCCBRK",
    0x5429: "TIOCGSID arg:out{int}", 0x802C542A: "TCGETS2 arg:out{termios2}", 0x402C542B: "TCSETS2 arg:in{termios2}",
    0x402C542C: "TCSETSW2 arg:in{termios2}", 0x402C542D: "TCSETSF2 arg:in{termios2}",
    0x80045430: "TIOCGPTN arg:out{uint}", 0x40045431: "TIOCSPTLCK arg:in{int}", 0x80045432: "TIOCGDEV arg:out{uint}",
    0x40045436: "TIOCSIG arg:int", 0x5437: "TIOCVHANGUP", 0x80045438: "TIOCGPKT arg:out{int}",
    0x80045439: "TIOCGPTLCK arg:out{int}", 0x80045440: "TIOCGEXCL arg:out{int}", 0x5441: "TIOCGPTPEER arg:oflags -> fd",
    # any descriptor
    0x5450: "FIONCLEX", 0x5451: "FIOCLEX", 0x5452: "FIOASYNC arg:in{int}", 0x5460: "FIOQSIZE arg:out{u64}",
    # consoles
    0x4B33: "KDGKBTYPE arg:out[1]", 0x4B3A: "KDSETMODE arg:int", 0x4B3B: "KDGETMODE arg:out{int}",
    0x4B44: "KDGKBMODE arg:out{int}", 0x4B45: "KDSKBMODE arg:int", 0x5600: "VT_OPENQRY arg:out{int}",
    0x5601: "VT_GETMODE arg:out{vt_mode}", 0x5602: "VT_SETMODE arg:in{vt_mode}", 0x5603: "VT_GETSTATE arg:out{vt_stat}",
    0x5606: "VT_ACTIVATE arg:int", 0x5607: "VT_WAITACTIVE arg:int",
    # sockets and interfaces
    0x8901: "FIOSETOWN arg:in{int}", 0x8902: "SIOCSPGRP arg:in{int}", 0x8903: "FIOGETOWN arg:out{int}",
    0x8904: "SIOCGPGRP arg:out{int}", 0x8905: "SIOCATMARK arg:out{int}", 0x8906: "SIOCGSTAMP arg:out{timeval}",
    0x8907: "SIOCGSTAMPNS arg:out{timespec}", 0x8910: "SIOCGIFNAME arg:inout{ifreq}",
    0x8912: "SIOCGIFCONF arg:inout{ifconf}", 0x8913: "SIOCGIFFLAGS arg:inout{ifreq}", 0x8914: "SIOCSIFFLAGS arg:in{ifreq}",
    0x8915: "SIOCGIFADDR arg:inout{ifreq}", 0x8916: "SIOCSIFADDR arg:in{ifreq}", 0x8917: "SIOCGIFDSTADDR arg:inout{ifreq}",
    0x8918: "SIOCSIFDSTADDR arg:in{ifreq}", 0x8919: "SIOCGIFBRDADDR arg:inout{ifreq}",
    0x891A: "SIOCSIFBRDADDR arg:in{ifreq}", 0x891B: "SIOCGIFNETMASK arg:inout{ifreq}",
    0x891C: "SIOCSIFNETMASK arg:in{ifreq}", 0x891D: "SIOCGIFMETRIC arg:inout{ifreq}", 0x891E: "SIOCSIFMETRIC arg:in{ifreq}",
    0x8921: "SIOCGIFMTU arg:inout{ifreq}", 0x8922: "SIOCSIFMTU arg:in{ifreq}", 0x8924: "SIOCSIFHWADDR arg:in{ifreq}",
    0x8927: "SIOCGIFHWADDR arg:inout{ifreq}", 0x8933: "SIOCGIFINDEX arg:inout{ifreq}",
    0x8942: "SIOCGIFTXQLEN arg:inout{ifreq}", 0x8943: "SIOCSIFTXQLEN arg:in{ifreq}", 0x8953: "SIOCDARP arg:in{arpreq}",
    0x8954: "SIOCGARP arg:inout{arpreq}", 0x8955: "SIOCSARP arg:in{arpreq}", 0x8970: "SIOCGIFMAP arg:inout{ifreq}",
    0x400454CA: "TUNSETIFF arg:inout{ifreq}", 0x400454CB: "TUNSETPERSIST arg:int", 0x400454CC: "TUNSETOWNER arg:int",
    # files and file systems
    0x1: "FIBMAP arg:inout{int}", 0x2: "FIGETBSZ arg:out{int}", 0x40049409: "FICLONE arg:fd",
    0x4020940D: "FICLONERANGE arg:in{file_clone_range}", 0xC0189436: "FIDEDUPERANGE arg:ptr",
    0xC020660B: "FS_IOC_FIEMAP arg:ptr", 0x80086601: "FS_IOC_GETFLAGS arg:out{int}",
    0x40086602: "FS_IOC_SETFLAGS arg:in{int}", 0x80087601: "FS_IOC_GETVERSION arg:out{int}",
    0x40087602: "FS_IOC_SETVERSION arg:in{int}", 0x801C581F: "FS_IOC_FSGETXATTR arg:out{fsxattr}",
    0x401C5820: "FS_IOC_FSSETXATTR arg:in{fsxattr}", 0x81009431: "FS_IOC_GETFSLABEL arg:out[256]",
    0x41009432: "FS_IOC_SETFSLABEL arg:in[256]", 0xC0045877: "FIFREEZE arg:inout{int}", 0xC0045878: "FITHAW arg:inout{int}",
    0xB701: "NS_GET_USERNS -> fd", 0xB702: "NS_GET_PARENT -> fd", 0xB703: "NS_GET_NSTYPE",
    0xB704: "NS_GET_OWNER_UID arg:out{uint}",
    # block devices
    0x125D: "BLKROSET arg:in{int}", 0x125E: "BLKROGET arg:out{int}", 0x125F: "BLKRRPART", 0x1260: "BLKGETSIZE arg:out{long}",
    0x1261: "BLKFLSBUF arg:int", 0x1262: "BLKRASET arg:ulong", 0x1263: "BLKRAGET arg:out{long}",
    0x1268: "BLKSSZGET arg:out{int}", 0x80081270: "BLKBSZGET arg:out{int}", 0x80081272: "BLKGETSIZE64 arg:out{u64}",
    0x1277: "BLKDISCARD arg:in{u64}*2", 0x1278: "BLKIOMIN arg:out{uint}", 0x1279: "BLKIOOPT arg:out{uint}",
    0x127A: "BLKALIGNOFF arg:out{int}", 0x127B: "BLKPBSZGET arg:out{uint}", 0x127E: "BLKROTATIONAL arg:out[2]",
    0x301: "HDIO_GETGEO arg:out{hd_geometry}", 0x4C00: "LOOP_SET_FD arg:fd", 0x4C01: "LOOP_CLR_FD",
    0x4C04: "LOOP_SET_STATUS64 arg:in[232]", 0x4C05: "LOOP_GET_STATUS64 arg:out[232]", 0x4C82: "LOOP_CTL_GET_FREE",
    # devices
    0x80247009: "RTC_RD_TIME arg:out{rtc_time}", 0x4024700A: "RTC_SET_TIME arg:in{rtc_time}",
    0x80045200: "RNDGETENTCNT arg:out{int}", 0x40045201: "RNDADDTOENTCNT arg:in{int}",
}
