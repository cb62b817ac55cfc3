"""The LLVM of llvmlite: text in, ELF object out. Imported only when something must be compiled."""

from __future__ import annotations

import llvmlite
import llvmlite.binding as llvm

from hqemu_core.errors import BackendError

from .watch import Watch

TRIPLE = "x86_64-unknown-linux-gnu"
FEATURES = frozenset(
    "64bit adx aes avx avx2 bmi bmi2 cmov crc32 cx16 cx8 f16c fma fxsr gfni lzcnt mmx movbe pclmul popcnt prfchw sahf "
    "sha sse sse2 sse3 sse4.1 sse4.2 ssse3 vaes vpclmulqdq".split()
)
"""What is used of a host CPU that has it. No AVX-512: guests have 128-bit vectors, and mask registers make comparisons
of them slower, not faster. Nothing newer: the disassembler that takes stencils apart must know every instruction."""

_ready = False


def _initialize() -> None:
    global _ready
    if not _ready:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        llvm.initialize_native_asmparser()
        _ready = True


def version() -> str:
    """LLVM's and llvmlite's versions: part of the key of everything that is kept on disk."""
    return f"llvm{'.'.join(map(str, llvm.llvm_version_info))}-llvmlite{llvmlite.__version__}"


def host_features() -> frozenset[str]:
    """What the host's CPU has of :data:`FEATURES`."""
    host = llvm.get_host_cpu_features()
    return frozenset(name for name in host if host[name] and name in FEATURES)


class Compiler:
    """One target machine. ``passes`` names of function passes run before code generation (see PASSES)."""

    def __init__(self, opt: int = 2, passes: tuple[str, ...] = ()) -> None:
        _initialize()
        target = llvm.Target.from_triple(TRIPLE)
        host = llvm.get_host_cpu_features()
        for name in host:
            host[name] = host[name] and name in FEATURES
        features = host.flatten() + ",+prefer-128-bit"
        self.machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features, opt=opt, reloc="static", codemodel="small"
        )
        self.passes = passes

    def compile(self, text: str, watch: Watch | None = None) -> bytes:
        """The ELF object of an LLVM module. Raises BackendError with LLVM's message."""
        try:
            module = llvm.parse_assembly(text)
            if watch is not None:
                watch.parsed(module)
            timings = self._run_passes(module, watch is not None and watch.timed) if self.passes else ""
            if watch is not None:
                watch.optimized(module, timings)
            return bytes(self.machine.emit_object(module))
        except RuntimeError as error:
            raise BackendError(f"LLVM: {error}") from error

    def _run_passes(self, module: llvm.ModuleRef, timed: bool) -> str:
        """LLVM's report when ``timed``."""
        builder = llvm.create_pass_builder(self.machine, llvm.create_pipeline_tuning_options(speed_level=2))
        manager = llvm.create_new_function_pass_manager()
        for name in self.passes:
            getattr(manager, f"add_{name}_pass")()
        if timed:
            builder.start_pass_timing()
        for function in module.functions:
            if not function.is_declaration:
                manager.run(function, builder)
        return str(builder.finish_pass_timing()) if timed else ""

    def assembly(self, text: str) -> str:
        """The host assembly of an LLVM module, for people."""
        return str(self.machine.emit_assembly(llvm.parse_assembly(text)))
