// This program is compiled for processors with fused multiply-add, its static variables included. On others
// it ends here, before they are initialised, with the exit code of a skipped test.
#if defined(__x86_64__)
#include <unistd.h>

namespace {

__attribute__((constructor(101))) void require_fused_multiply_add() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("fma")) return;
  constexpr char sentence[] = "skipped: this processor has no fused multiply-add\n";
  if (write(STDOUT_FILENO, sentence, sizeof sentence - 1) < 0) _exit(1);
  _exit(77);
}

}  // namespace
#endif
